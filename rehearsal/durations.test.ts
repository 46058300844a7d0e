import { parseDuration } from "./durations";

test.each([
    ["90s", 90],
    ["1h30m", 5400],
    ["1.5h", 5400],
    ["250ms", 0.25],
])("%s", (text, seconds) => expect(parseDuration(text)).toBe(seconds));

test.each(["", "5", "5 m", "five", "5mm"])("%j is refused", (text) => {
    expect(() => parseDuration(text)).toThrow("no duration such as 90s");
});
