/** A number as messages have it: 1,048,576. */
export function numeral(number: number): string {
  return number.toLocaleString("en-US");
}
