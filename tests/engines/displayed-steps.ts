// What an engine's output says that it did, in a form that two engines and two runs can be compared by.

/**
 * The last line of every step, such as `~ fastio:index:Workspace deal updated [diff: ~name]`: sorted, because engines work
 * in parallel, and without times. What stayed the same is left out.
 */
export function displayedSteps(stdout: string): string[] {
    const steps = new Map<string, string>();
    for (const line of stdout.split("\n")) {
        const [, op, type, name, rest = ""] = /^ ([-+~=><*]+) +(\S+:\S+) (\S+) ?(.*)$/.exec(line) ?? [];
        if (op !== undefined) {
            const status = rest.replace(/ ?\(\d+(\.\d+)?s\)/, "").trim();
            steps.set(`${op} ${type} ${name}`, status);
        }
    }
    return [...steps].map(([step, status]) => `${step} ${status}`.trim()).sort();
}
