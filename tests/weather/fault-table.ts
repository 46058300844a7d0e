/** Every fault that a write can meet on its way to the service and back. */
import type { Fault, Passing } from "./way";

/** Time limits of requests, which end when a test says so and never by the clock. */
const deadlines = new Set<AbortController>();

export function holdDeadlines(): void {
    jest.spyOn(AbortSignal, "timeout").mockImplementation(() => {
        const deadline = new AbortController();
        deadlines.add(deadline);
        return deadline.signal;
    });
}

/** The time of every request on its way is over. */
function timeIsOver(): void {
    for (const deadline of deadlines) deadline.abort(new DOMException("The operation timed out", "TimeoutError"));
    deadlines.clear();
}

const broken = ({ response }: Passing) => void response.destroy();
const failing = (status: number) => (passing: Passing) =>
    passing.answer(status, { result: false, error: { code: 1654, text: "Something went wrong" } });
const rejected = (passing: Passing) =>
    passing.answer(401, { result: false, error: { code: 1650, text: "Invalid or expired token" } });
const refused = (passing: Passing, headers: Record<string, string>) =>
    passing.answer(429, { result: false, error: { code: 1671, text: "Too many requests" } }, headers);

/** Done, and what the service says of it is lost in this way. */
const afterCommit = (lose: (passing: Passing) => void) => async (passing: Passing) => {
    await passing.carryOut();
    lose(passing);
};

export const faults: readonly Fault[] = [
    {
        name: "429 with a reset time",
        commits: false,
        strike: (passing) =>
            refused(passing, {
                "x-rate-limit-available": "0",
                "x-rate-limit-max": "100",
                "x-rate-limit-expiry": `${Math.ceil(passing.serviceTime / 1000) + 5}`,
            }),
    },
    { name: "429 without a reset time", commits: false, strike: (passing) => refused(passing, {}) },
    { name: "500 before the commit", commits: false, strike: failing(500) },
    { name: "500 after the commit", commits: true, strike: afterCommit(failing(500)) },
    { name: "503 before the commit", commits: false, strike: failing(503) },
    { name: "503 after the commit", commits: true, strike: afterCommit(failing(503)) },
    { name: "reset before the commit", commits: false, strike: broken },
    { name: "reset after the commit", commits: true, strike: afterCommit(broken) },
    { name: "timeout before the commit", commits: false, strike: timeIsOver },
    { name: "timeout after the commit", commits: true, strike: afterCommit(timeIsOver) },
    {
        name: "truncated answer after the commit",
        commits: true,
        strike: async (passing) => {
            const { status, headers, text } = await passing.carryOut();
            const { "content-length": _, ...others } = headers;
            passing.response.writeHead(status, { ...others, "content-length": String(text.length + 1) });
            passing.response.write(text.slice(0, text.length / 2), () => passing.response.destroy());
        },
    },
    {
        name: "slow answer beyond the time limit",
        commits: true,
        strike: async (passing) => {
            const { status, headers, text } = await passing.carryOut();
            passing.response.writeHead(status, headers);
            passing.response.write(text.slice(0, 1), timeIsOver);
        },
    },
    { name: "token expired in between", commits: false, strike: rejected, afterwards: rejected },
    {
        name: "answer lost, then nothing answers any more",
        commits: true,
        strike: afterCommit(broken),
        afterwards: broken,
    },
];
