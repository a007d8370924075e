export { handler as one } from './orders.ts';
export { handler as two } from './second.ts';
export const three = () => undefined;
