/** Definitions by name, each loaded when it is first asked for: a process works with few of them. */

export class Registry<Definition> implements ReadonlyMap<string, Definition> {
    readonly #loaders: ReadonlyMap<string, () => Definition>;

    constructor(loaders: Record<string, () => Definition>) {
        this.#loaders = new Map(Object.entries(loaders));
    }

    get size(): number {
        return this.#loaders.size;
    }

    get(name: string): Definition | undefined {
        return this.#loaders.get(name)?.();
    }

    has(name: string): boolean {
        return this.#loaders.has(name);
    }

    keys(): MapIterator<string> {
        return this.#loaders.keys();
    }

    *entries(): MapIterator<[string, Definition]> {
        for (const [name, load] of this.#loaders) yield [name, load()];
    }

    *values(): MapIterator<Definition> {
        for (const load of this.#loaders.values()) yield load();
    }

    forEach(work: (definition: Definition, name: string, all: ReadonlyMap<string, Definition>) => void): void {
        for (const [name, definition] of this) work(definition, name, this);
    }

    [Symbol.iterator](): MapIterator<[string, Definition]> {
        return this.entries();
    }
}

/** Loads all of them. */
export function all<Definition>(registry: ReadonlyMap<string, Definition>): readonly Definition[] {
    return [...registry.values()];
}
