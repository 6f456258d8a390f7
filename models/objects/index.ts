/** What other models and bench use of the objects: values and pure rules. Types of the kinds are imported from their own files. */
export {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isZeroQuantity,
  milliQuantity,
  parseQuantity,
  type Quantity,
  QuantityError,
  type QuantityFormat,
  scaledValue,
  signOf,
  subtractQuantities,
  wholeQuantity,
} from './quantity.ts';
export { milliValue, quantityOf, type QuantityText, value } from './quantity-values.ts';
export {
  aggregateText,
  duplicate,
  type FieldError,
  fieldErrorText,
  FieldErrors,
  type FieldErrorType,
  forbidden,
  invalid,
  notFound,
  notSupported,
  quoted,
  required,
} from './field-error.ts';
export { type FieldRequirement, fieldSelectorText, fieldsMatch, parseFieldSelector } from './field-selector.ts';
export { type LabelRequirement, type LabelRequirements, requirementsMatcher } from './label-requirement.ts';
export {
  compileLabelSelector,
  compileLabelSet,
  formatLabels,
  formatLabelSelector,
  type LabelMatcher,
  labelSelectorRequirements,
} from './label-selector.ts';
export { LabelSelectorError, parseLabelSelector } from './label-selector-parser.ts';
export {
  type CompiledNodeSelector,
  compileNodeSelector,
  compilePreferredTerms,
  type NodeMatch,
  type NodePreference,
  requiredNodeAffinity,
  type SelectableNode,
} from './node-selector.ts';
export { humanDuration, shortHumanDuration } from './duration-text.ts';
export { fnv1a32 } from './fnv-hash.ts';
export { generatedName, randomSuffix, safeEncode } from './generated-name.ts';
export {
  aggregateContainerRequests,
  amountsOf,
  isSidecar,
  podLevelLimitsSet,
  podLevelRequestsSet,
  podLevelResourcesSet,
  podLimits,
  podRequests,
  type PodResourcesOptions,
  type ResourceAmounts,
  type ResourcefulPod,
} from './pod-resources.ts';
export { computeQos, type QosClass, qosOf } from './quality-of-service.ts';
export { formatMicroTimestamp, formatTimestamp, timestampToSeconds } from './timestamp.ts';
export { applyDefaults } from './defaults/apply-defaults.ts';
export { validate, validateUpdate } from './validation/validate.ts';
export { podStatusText } from './printers/pod-printer.ts';
export { printerOf } from './printers/printers.ts';
export type { Cell, TableColumn, TablePrinter } from './printers/table.ts';
export { layOut, tableText, type TextOptions } from './printers/text-table.ts';
