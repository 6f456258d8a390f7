/** The pod-template-hash, as controllers ask for it; it is computed with the objects. */
export { podTemplateHash } from '../objects/template-hash/pod-template-hash.ts';
