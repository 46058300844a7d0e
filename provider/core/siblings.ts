/** What lies under a parent: listed once in a run for all creates there, with what the run itself makes counted in. */
import { AbortedError } from "../api/errors";
import type { VerbContext } from "./define";

export class Siblings<T> {
    #listed: Promise<T[]> | undefined;
    #underWay: Promise<T[]> | undefined;

    constructor(
        private readonly takeList: (context: VerbContext) => Promise<T[]>,
        begin?: readonly T[],
    ) {
        if (begin !== undefined) this.#listed = Promise.resolve([...begin]);
    }

    /** As first listed, and what was added since. What is not in it may be there by now, and what is in it may be gone. */
    list(context: VerbContext): Promise<readonly T[]> {
        return this.#listed === undefined ? this.listAnew(context) : this.#shared(context, this.#listed);
    }

    /** As it is now; verbs that ask at the same time share one listing. */
    listAnew(context: VerbContext): Promise<readonly T[]> {
        if (this.#underWay !== undefined) return this.#shared(context, this.#underWay);
        const listed = this.takeList(context);
        this.#listed = listed;
        this.#underWay = listed;
        const forget = () => {
            if (this.#listed === listed) this.#listed = undefined;
        };
        const end = () => {
            if (this.#underWay === listed) this.#underWay = undefined;
        };
        listed.catch(forget).finally(end);
        return listed;
    }

    /** How many there are; that there is no place for another one is said only of what is there now. */
    async count(context: VerbContext, allowed: number): Promise<number> {
        const { length } = await this.list(context);
        return length < allowed ? length : (await this.listAnew(context)).length;
    }

    /** Counts in what this run made. Nobody waits for a list that is under way: the new id is to be saved at once. */
    add(item: T): void {
        this.#listed?.then(
            (listed) => listed.push(item),
            () => {},
        );
    }

    /** That the verb which took the list had to end early is no failure of another one. */
    #shared(context: VerbContext, listed: Promise<T[]>): Promise<readonly T[]> {
        return listed.catch((error) => {
            if (!(error instanceof AbortedError)) throw error;
            return this.listAnew(context);
        });
    }
}

/** The siblings that all resources with the same question share in this run; `begin` is what there is where nobody needs to look. */
export function siblings<T>(
    context: VerbContext,
    question: string,
    takeList: (context: VerbContext) => Promise<T[]>,
    begin?: readonly T[],
): Promise<Siblings<T>> {
    return context.remember(question, async () => new Siblings(takeList, begin));
}
