/** What the doctor found out about one thing. */
export interface Finding {
    subject: string;
    /** `note`: to know about, and no reason to act. */
    status: "ok" | "note" | "wrong";
    text: string;
    /** What to do, commands first; empty when there is nothing to do. */
    next: readonly string[];
}

export function ok(subject: string, text: string): Finding {
    return { subject, status: "ok", text, next: [] };
}

export function note(subject: string, text: string, ...next: string[]): Finding {
    return { subject, status: "note", text, next };
}

export function wrong(subject: string, text: string, ...next: string[]): Finding {
    return { subject, status: "wrong", text, next };
}
