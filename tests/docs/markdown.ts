// What the tests read in Markdown files: links, headings and code blocks.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const repository = dirname(dirname(__dirname));

export interface CodeBlock {
    language: string;
    text: string;
    /** The paragraph above it, on one line. */
    lead: string;
}

/** Every Markdown file of the repository, ignored folders aside. */
export function markdownFiles(): string[] {
    const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"];
    return execFileSync("git", list, { cwd: repository, encoding: "utf8" }).trim().split("\n");
}

export function readDocument(path: string): string {
    return readFileSync(join(repository, path), "utf8");
}

export function codeBlocks(markdown: string): CodeBlock[] {
    return [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = "", 2: text = "", index }) => {
        const above = markdown.slice(0, index).trimEnd().split(/\n\n/).at(-1) ?? "";
        return { language, text, lead: above.replaceAll("\n", " ") };
    });
}

/** Targets of links, outside code. */
export function links(markdown: string): string[] {
    return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** The anchors that GitHub makes of headings. */
export function anchors(markdown: string): string[] {
    return [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, "")
            .replaceAll(" ", "-"),
    );
}

function withoutCode(markdown: string): string {
    return markdown.replace(/^```.*?^```$/gms, "").replace(/`[^`\n]*`/g, "");
}
