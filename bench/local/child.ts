import { parts } from './parts.ts';

const [id = ''] = process.argv.slice(2);
const part = parts.find((one) => one.id === id);
if (part === undefined) throw new Error(`there is no part "${id}"`);
process.send?.(await part.measure());
