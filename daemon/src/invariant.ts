/**
 * Stands in for a value that cannot be missing: `list[index] ?? invariant('every index has a layer')`.
 * @throws Error always; it is a fault of the code, not of the input
 */
export function invariant(message: string): never {
  throw new Error(`invariant: ${message}`);
}
