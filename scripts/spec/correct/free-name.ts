/** A name that is not taken, for a draft: the wanted one, with a number if need be. */
export function freeName(wanted: string, taken: object): string {
  let name = wanted;
  for (let number = 2; name in taken; number++) name = `${wanted}${number}`;
  return name;
}
