/** The version of fleetctl, the same as its package's: a test holds them together. */
export const version = '0.1.0';
