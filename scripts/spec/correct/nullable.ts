/**
 * Turns `nullable: true` into the null of OpenAPI 3.1. The converter leaves it where a schema has no plain type, and our
 * overlays set it where the Engine sends null.
 */
export function resolveNullable<T>(value: T): T {
  if (Array.isArray(value)) return value.map(resolveNullable) as T;
  if (!value || typeof value !== "object") return value;
  const resolved: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) resolved[key] = resolveNullable(child);
  return (typeof resolved.nullable === "boolean" ? withNull(resolved) : resolved) as T;
}

function withNull({ nullable, ...schema }: Record<string, unknown>): Record<string, unknown> {
  if (!nullable) return schema;
  if (schema.type === undefined) {
    const { description, title, ...bare } = schema;
    const kept = { ...(title ? { title } : {}), ...(description ? { description } : {}) };
    const alternatives = Array.isArray(bare.oneOf) && Object.keys(bare).length === 1 ? bare.oneOf : [bare];
    if (alternatives.some(({ type }) => type === "null")) return schema;
    return { ...kept, oneOf: [...alternatives, { type: "null" }] };
  }
  const types = [schema.type].flat();
  return {
    ...schema,
    type: types.includes("null") ? types : [...types, "null"],
    ...(Array.isArray(schema.enum) && !schema.enum.includes(null) ? { enum: [...schema.enum, null] } : {}),
  };
}
