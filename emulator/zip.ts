// A zip archive as a stream of bytes: files as they are, without compression.
import { crc32 } from "node:zlib";

export interface ZipEntry {
    /** A folder's ends with a slash. */
    path: string;
    /** Seconds since the epoch. */
    modified: number;
    size: number;
    /** Gives the bytes anew each time: once for the checksum, once for the archive. */
    pieces(): Iterable<Uint8Array>;
}

/** What the archive's 32-bit fields can hold. */
export const maxZipBytes = 2 ** 32 - 1;

export function* zip(entries: Iterable<ZipEntry>): Generator<Uint8Array> {
    const directory: Buffer[] = [];
    let offset = 0;
    for (const entry of entries) {
        const name = Buffer.from(entry.path);
        const common = commonFields(entry, name.length);
        const local = Buffer.concat([signature("PK\x03\x04"), common, Buffer.alloc(2), name]);
        const own = Buffer.alloc(16);
        own.writeUInt32LE(entry.path.endsWith("/") ? 0x10 : 0, 8);
        own.writeUInt32LE(offset, 12);
        directory.push(Buffer.concat([signature("PK\x01\x02"), Buffer.from([20, 0]), common, own, name]));
        yield local;
        yield* entry.pieces();
        offset += local.length + entry.size;
    }
    const listing = Buffer.concat(directory);
    const end = Buffer.alloc(18);
    end.writeUInt16LE(directory.length, 4);
    end.writeUInt16LE(directory.length, 6);
    end.writeUInt32LE(listing.length, 8);
    end.writeUInt32LE(offset, 12);
    yield Buffer.concat([listing, signature("PK\x05\x06"), end]);
}

function signature(text: string): Buffer {
    return Buffer.from(text, "latin1");
}

/** What the header before a file and its line in the directory have in common, up to the length of the name. */
function commonFields({ modified, size, pieces }: ZipEntry, nameLength: number): Buffer {
    const fields = Buffer.alloc(24);
    const date = new Date(modified * 1000);
    const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
    const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
    let checksum = 0;
    for (const piece of pieces()) checksum = crc32(piece, checksum);
    const [version, utf8, stored] = [20, 0x0800, 0];
    fields.writeUInt16LE(version, 0);
    fields.writeUInt16LE(utf8, 2);
    fields.writeUInt16LE(stored, 4);
    fields.writeUInt16LE(time, 6);
    fields.writeUInt16LE(day, 8);
    fields.writeUInt32LE(checksum, 10);
    fields.writeUInt32LE(size, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(nameLength, 22);
    return fields;
}
