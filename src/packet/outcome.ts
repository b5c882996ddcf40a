/**
 * What reading one frame came to. A position in the buffer is 0 or above, so everything else that a reader has to say
 * is negative: a bad packet is data, not an exception.
 */
export const DECODED = 0;

/** The frame holds no IP: ARP, LLDP, EAPOL, ... */
export const NOT_IP = -1;
/** The IP layer is read and gives a row; what follows it cannot be read. */
export const NO_TRANSPORT = -2;
/** A tunnel's payload is encrypted: nobody reads what is inside. */
export const ENCRYPTED = -9;

/** From here down: the frame is undecodable, and why. */
export const CUT_LINK = -3;
export const TOO_MANY_TAGS = -4;
export const CUT_IP = -5;
export const BAD_VERSION = -6;
export const BAD_HEADER_LENGTH = -7;
export const BAD_TOTAL_LENGTH = -8;

const WORDS: ReadonlyMap<number, string> = new Map([
  [CUT_LINK, 'the link header is cut'],
  [TOO_MANY_TAGS, 'more than 8 VLAN tags or MPLS labels'],
  [CUT_IP, 'the fixed part of the IP header is cut'],
  [BAD_VERSION, 'the IP version is not what the frame announces'],
  [BAD_HEADER_LENGTH, 'the IPv4 header length is below 20 bytes'],
  [BAD_TOTAL_LENGTH, 'the IPv4 total length is below the header length'],
]);

/** Why a frame is undecodable, in words. */
export const whyUndecodable = (outcome: number): string => WORDS.get(outcome) ?? `unknown outcome ${outcome}`;
