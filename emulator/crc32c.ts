// CRC-32C (Castagnoli), the checksum that the service recommends: Node has the other CRC-32 only.

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1;
    return rest;
});

/** Eight lower-case hexadecimal digits. */
export function crc32c(pieces: Iterable<Uint8Array>): string {
    let rest = 0xffffffff;
    for (const piece of pieces) {
        for (const byte of piece) rest = (table[(rest ^ byte) & 0xff] ?? 0) ^ (rest >>> 8);
    }
    return ((rest ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}
