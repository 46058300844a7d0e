import type { VerbContext } from "./define";
import { oncePerVerb } from "./once-per-verb";

test("one question for each verb and argument; a later verb asks anew", async () => {
    const ask = jest.fn(async (_context: VerbContext, argument: string) => `about ${argument}`);
    const once = oncePerVerb(ask);
    const verb = {} as VerbContext;
    expect(await Promise.all([once(verb, "a"), once(verb, "a"), once(verb, "b")])).toEqual([
        "about a",
        "about a",
        "about b",
    ]);
    expect(ask).toHaveBeenCalledTimes(2);
    await once({} as VerbContext, "a");
    expect(ask).toHaveBeenCalledTimes(3);
});
