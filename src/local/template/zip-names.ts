/**
 * The names of the files in a zip, from its directory at the end; undefined if it is no zip.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.12 and 4.3.16
 */
export function zipNames(zip: Buffer): readonly string[] | undefined {
  const end = zip.lastIndexOf(endOfDirectory);
  if (end === -1 || end + 22 > zip.length) return undefined;
  return entriesFrom(zip, zip.readUInt32LE(end + 16), zip.readUInt16LE(end + 10));
}

const endOfDirectory = Buffer.from('PK\u0005\u0006', 'latin1');
const entryHeader = Buffer.from('PK\u0001\u0002', 'latin1');

function entriesFrom(zip: Buffer, offset: number, count: number): readonly string[] | undefined {
  const names: string[] = [];
  let at = offset;
  while (names.length < count) {
    if (at + 46 > zip.length || !zip.subarray(at, at + 4).equals(entryHeader)) return undefined;
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    names.push(zip.toString('utf8', at + 46, nameEnd));
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return names;
}
