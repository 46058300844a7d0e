// Jest's global set-up: decides on the engines once, before the workers start, and says which they are.
import { chooseEngines } from "./engines";

export = async (): Promise<void> => {
    console.log(chooseEngines());
};
