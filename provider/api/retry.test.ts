import { type Attempt, decide, type Outcome, type RequestKind } from "./retry";

function attempt(overrides: Partial<Attempt>): Attempt {
    return { kind: "read", outcome: "failed", attempt: 1, elapsedMs: 0, random: 0.5, ...overrides };
}

const kinds: RequestKind[] = ["read", "write", "delete", "create"];
const outcomes: Outcome[] = ["unsent", "rate-limited", "unavailable", "failed", "unanswered", "final"];
const repeated: Record<RequestKind, Outcome[]> = {
    read: ["unsent", "rate-limited", "unavailable", "failed", "unanswered"],
    write: ["unsent", "rate-limited", "unavailable", "failed", "unanswered"],
    delete: ["unsent", "rate-limited", "unavailable", "failed", "unanswered"],
    create: ["unsent", "rate-limited", "unavailable"],
};

test.each(kinds.flatMap((kind) => outcomes.map((outcome) => ({ kind, outcome }))))(
    "a $kind that ended as $outcome",
    ({ kind, outcome }) => {
        expect(decide(attempt({ kind, outcome })).retry).toBe(repeated[kind].includes(outcome));
    },
);

test("delays double, with jitter in their upper half", () => {
    expect(decide(attempt({ random: 0 }))).toEqual({ retry: true, delayMs: 250 });
    expect(decide(attempt({ random: 1 }))).toEqual({ retry: true, delayMs: 500 });
    expect(decide(attempt({ attempt: 2, random: 1 }))).toEqual({ retry: true, delayMs: 1000 });
    expect(decide(attempt({ attempt: 3, random: 1 }))).toEqual({ retry: true, delayMs: 2000 });
});

test("four attempts are enough", () => {
    expect(decide(attempt({ attempt: 3 })).retry).toBe(true);
    expect(decide(attempt({ attempt: 4 })).retry).toBe(false);
});

test("an attempt that would begin after the time budget is not made", () => {
    expect(decide(attempt({ elapsedMs: 179_000, random: 1 })).retry).toBe(true);
    expect(decide(attempt({ elapsedMs: 179_600, random: 1 })).retry).toBe(false);
});

test("a rate limit is waited for elsewhere, does not spend the time budget, and ends too", () => {
    const limited = attempt({ outcome: "rate-limited", elapsedMs: 1e9 });
    expect(decide({ ...limited, attempt: 7 })).toEqual({ retry: true, delayMs: 0 });
    expect(decide({ ...limited, attempt: 8 })).toEqual({ retry: false });
});
