/** Work whose answer several steps of one verb share. */
import type { VerbContext } from "./define";

/** Makes a function run once for each verb and argument; a later verb asks anew. */
export function oncePerVerb<T>(work: (context: VerbContext, argument: string) => Promise<T>) {
    const answers = new WeakMap<VerbContext, Map<string, Promise<T>>>();
    return (context: VerbContext, argument: string): Promise<T> => {
        const known = answers.get(context) ?? new Map<string, Promise<T>>();
        answers.set(context, known);
        const answer = known.get(argument) ?? work(context, argument);
        known.set(argument, answer);
        return answer;
    };
}
