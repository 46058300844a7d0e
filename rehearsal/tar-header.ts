// The headers of a tar file as Go writes them, byte for byte: Pulumi's hash of an archive is that of such a file.

const block = 512;
const longestName = 100;
const longestPrefix = 155;
/** The largest size that its field can hold. */
const largestSize = 8 ** 11 - 1;

/** The type of a header that holds what the next one cannot. */
const extended = "x";

/** What stands before the contents of a file: one header, or one more for what does not fit into it. */
export function tarHeader(name: string, size: number): Buffer {
    const split = splitName(name);
    if (split && size <= largestSize) return header({ ...split, mode: 0o600, size, type: "0" });
    const records = [
        ...(split ? [] : [record("path", name)]),
        ...(size > largestSize ? [record("size", `${size}`)] : []),
    ];
    const extension = Buffer.concat(records);
    const slash = name.lastIndexOf("/") + 1;
    const short = (text: string) => ascii(text).slice(0, longestName);
    return Buffer.concat([
        header({
            name: short(`${name.slice(0, slash)}PaxHeaders.0/${name.slice(slash)}`),
            mode: 0,
            size: extension.length,
            type: extended,
        }),
        extension,
        padding(extension.length),
        header({ name: short(name), mode: 0o600, size: Math.min(size, largestSize), type: "0" }),
    ]);
}

/** What fills the last block of contents of `size` bytes. */
export function padding(size: number): Buffer {
    return Buffer.alloc((block - (size % block)) % block);
}

/** What stands at the end. */
export const tarEnd = Buffer.alloc(2 * block);

interface Header {
    name: string;
    prefix?: string;
    mode: number;
    size: number;
    type: string;
}

function header({ name, prefix = "", mode, size, type }: Header): Buffer {
    const buffer = Buffer.alloc(block);
    const octal = (value: number, at: number, width: number) =>
        buffer.write(value.toString(8).padStart(width - 1, "0"), at, "latin1");
    buffer.write(name, 0, "latin1");
    octal(mode, 100, 8);
    octal(0, 108, 8);
    octal(0, 116, 8);
    octal(size, 124, 12);
    octal(0, 136, 12);
    buffer.write(type, 156, "latin1");
    buffer.write("ustar\0" + "00", 257, "latin1");
    if (type !== extended) {
        octal(0, 329, 8);
        octal(0, 337, 8);
    }
    buffer.write(prefix, 345, "latin1");
    // The sum counts its own field as blanks.
    const sum = buffer.reduce((total, byte) => total + byte, 8 * 0x20);
    buffer.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    return buffer;
}

/** A name as the fields of a header hold it; undefined when they cannot. */
function splitName(name: string): { name: string; prefix?: string } | undefined {
    if (ascii(name) !== name) return undefined;
    if (name.length <= longestName) return { name };
    const slash = name.slice(0, longestPrefix + 1).lastIndexOf("/");
    const rest = name.length - slash - 1;
    return slash > 0 && rest > 0 && rest <= longestName
        ? { prefix: name.slice(0, slash), name: name.slice(slash + 1) }
        : undefined;
}

function ascii(text: string): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what must not be there.
    return text.replace(/[^\u0001-\u007f]/gu, "");
}

/** `length key=value\n`, where the length counts itself. */
function record(key: string, value: string): Buffer {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    const length = rest + `${rest + `${rest}`.length}`.length;
    return Buffer.from(`${length} ${key}=${value}\n`);
}
