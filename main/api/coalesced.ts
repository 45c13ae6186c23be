export { coalesced } from '../helpers/coalesced.ts';
