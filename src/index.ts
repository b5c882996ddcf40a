export { formatAddress, parseAddress } from './net/address.ts';
