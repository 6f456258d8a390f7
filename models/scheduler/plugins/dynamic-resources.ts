/**
 * DynamicResources, as far as a Pod without resource claims meets it: the messages it adds to others' failures. Dynamic
 * resource allocation itself is not modelled, and a Pod with claims is an error that says so.
 * Source: pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go.
 */
import type { StateKey } from '../framework/cycle-state.ts';
import type { FilterPlugin, PostFilterPlugin, PreFilterPlugin } from '../framework/plugin.ts';
import { podKey } from '../framework/pod-info.ts';
import { errorStatus, skip, unschedulable } from '../framework/status.ts';

const NAME = 'DynamicResources';
const SKIP = skip(NAME);
const NO_CLAIMS = unschedulable(NAME, 'no new claims to deallocate');
const RAN: StateKey<true> = { name: `${NAME}/PreFilter` };

export function dynamicResources(): FilterPlugin & PreFilterPlugin & PostFilterPlugin {
  return {
    name: NAME,
    dependsOn: {},

    preFilter(state, { pod }) {
      if ((pod.spec.resourceClaims?.length ?? 0) > 0) {
        return errorStatus(
          NAME,
          `pod ${podKey(pod)} has resource claims; dynamic resource allocation is not modelled, remove spec.resourceClaims`,
        );
      }
      state.write(RAN, true);
      return SKIP;
    },

    filter() {
      return undefined;
    },

    /**
     * Known defect of v1.34, kept: when an earlier PreFilter plugin rejected the Pod, this plugin's PreFilter never ran, it does
     * not find its state, and its error ends PostFilter before preemption has its turn.
     */
    postFilter(state) {
      return { status: state.find(RAN) === undefined ? errorStatus(NAME, 'not found') : NO_CLAIMS };
    },
  };
}
