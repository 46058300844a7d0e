import { secretMask } from "./masking";

test("secrets of the configuration, whole or inside a structured value, are not printed; short ones are no secrets", () => {
    const mask = secretMask({
        "toy:token": { value: "tok-123", secret: true },
        "toy:nested": { value: '{"list":["hidden"],"pin":"12"}', secret: true },
        "toy:plain": { value: "plain" },
    });
    expect(mask("tok-123 and hidden, plain, 12")).toBe("[secret] and [secret], plain, 12");
});
