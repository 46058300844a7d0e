// The company as data: who works where, on what. This file is what changes, and what reviewers read.
import { WorkspaceRole } from "pulumi-fastio";

export interface Team {
    /** What people see. */
    name: string;
    description: string;
    /** E-mail address to role. */
    members: Record<string, WorkspaceRole>;
    /** Paths, each below one that is listed before it. */
    folders: string[];
}

const { Admin, Member, Guest } = WorkspaceRole;

/** By key: the key is the team's name in the stack and stays when the team gets another name. */
export const teams: Record<string, Team> = {
    design: {
        name: "Design",
        description: "Brand, product and everything with a colour.",
        members: { "ann@example.com": Admin, "ben@example.com": Member },
        folders: ["Brand", "Brand/Logos", "Product"],
    },
    finance: {
        name: "Finance",
        description: "Figures, for few eyes only.",
        members: { "carla@example.com": Admin, "auditor@example.org": Guest },
        folders: ["2026", "2026/Q3", "2026/Q4"],
    },
    research: {
        name: "Research",
        description: "What we do not know yet.",
        members: { "ann@example.com": Member, "dora@example.com": Admin },
        folders: ["Papers"],
    },
};
