// Text from outside as it may reach a terminal: what would move the cursor, colour, or turn the direction of writing is spelled out.

// C0 with the escape character, DEL, C1 with its one-byte escape sequences, line separators, and marks of direction.
const active = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu;

/** The text with every active character as `\u001b`; line breaks and tabs stay. */
export function printable(text: string): string {
    return text.replace(active, (character) =>
        character === "\n" || character === "\t"
            ? character
            : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
