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
