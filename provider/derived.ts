/** What follows from a definition or a schema alone is worked out once. */

/** Makes a function of an object run once for each object. */
export function derived<Source extends object, Result>(work: (source: Source) => Result): (source: Source) => Result {
    const results = new WeakMap<Source, { result: Result }>();
    return (source) => {
        const known = results.get(source) ?? { result: work(source) };
        results.set(source, known);
        return known.result;
    };
}
