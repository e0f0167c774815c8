/**
 * The fields of one CSV record as RFC 4180 has it: a field with a comma stands in quotes, a quote within those is
 * doubled. Undefined if the text is not of that form.
 */
export function parseCsvRecord(text: string): string[] | undefined {
  if (!/^(?:"(?:[^"]|"")*"|[^",]*)(?:,(?:"(?:[^"]|"")*"|[^",]*))*$/.test(text)) return undefined;
  return Array.from(`,${text}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g), ([, quoted, plain = ""]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}
