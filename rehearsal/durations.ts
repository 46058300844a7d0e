// Durations as Go writes them, which is how programs give their timeouts: `90s`, `1h30m`, `1.5h`.

const seconds: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** `text` in seconds. */
export function parseDuration(text: string): number {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
    if (text === "" || parts.map(([part]) => part).join("") !== text) {
        throw new Error(`\`${text}\` is no duration such as 90s, 5m or 1h30m`);
    }
    return parts.reduce((sum, [, count, unit = "s"]) => sum + Number(count) * (seconds[unit] ?? 0), 0);
}
