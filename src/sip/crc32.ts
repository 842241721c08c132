// The table of the CRC-32 of ITU-T V.42, which RFC 5389 §15.5 takes for FINGERPRINT.

const POLYNOMIAL = 0xedb88320;

export const createCrc32Table = (): Int32Array =>
  Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    return crc;
  });
