// How the demo looks: numbered steps, the engine's output beside a bar, and a closing line.
import pc from "picocolors";

const indent = "  ";
const bar = `${indent}${pc.dim("│")} `;

export class Stage {
    private steps = 0;
    private readonly began = Date.now();

    open(title: string): void {
        this.line(`\n${pc.bold(title)}\n`);
    }

    step(title: string, meaning: string): void {
        this.steps += 1;
        this.line(`\n${pc.cyan(pc.bold(`${this.steps}  ${title}`))}  ${meaning}\n`);
    }

    note(text: string): void {
        this.line(`${indent}${text}`);
    }

    field(name: string, value: string): void {
        this.line(indent + (name === "" ? "" : pc.dim(name.padEnd(20))) + value);
    }

    close(text: string): void {
        const seconds = Math.round((Date.now() - this.began) / 1000);
        this.line(`\n${pc.green("✔")} ${pc.bold(text)} ${pc.dim(`${seconds} s`)}\n`);
    }

    /** Takes an engine's output in pieces, and shows it line by line. */
    engine(): (piece: string) => void {
        let rest = "";
        return (piece) => {
            const lines = (rest + piece).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines.map(withoutReason).filter(isNews)) this.line(bar + pc.reset(this.fitted(line)));
        };
    }

    /** A long line would tear the picture; the step's own notes say what matters. */
    private fitted(line: string): string {
        const room = (process.stdout.columns ?? 120) - indent.length - 3;
        const plain = stripped(line);
        return plain.length <= room ? line : `${plain.slice(0, room - 1)}…`;
    }

    private line(text: string): void {
        console.log(text.trimEnd());
    }
}

/** The engine gives a failure's reason beside every mention of the resource, and once more among its diagnostics. */
function withoutReason(line: string): string {
    return stripped(line).startsWith(" ") ? line.replace(/(?<=\S.*) \S*error: .+$/i, "") : line;
}

/** Not the dots, which only a waiting person needs. */
function isNews(line: string): boolean {
    const text = stripped(line).trim();
    return text !== "" && !text.startsWith("@ ");
}

function stripped(line: string): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with the escape character.
    return line.replace(/\u001b\[[0-9;]*m/g, "");
}
