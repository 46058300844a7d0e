/** What each verb costs: no request without a reason, and the page says what is counted. */
import { readFileSync } from "node:fs";
import { type Costs, costsPage, countCosts, gaps } from "./costs";

let costs: Costs;

beforeAll(async () => {
    costs = await countCosts();
});

test("every request has a reason, and every reason a request", () => {
    expect(gaps(costs)).toEqual({ unused: [], unexplained: [] });
});

test("docs/costs.md says what is counted", () => {
    expect(readFileSync("docs/costs.md", "utf8")).toBe(costsPage(costs));
});

test.each(["OrganizationMember", "WorkspaceMember", "ShareMember", "Workspace", "Share", "TransferToken"])(
    "%s: one request for each after the first, and none to refresh it",
    (kind) => {
        const counted = costs.get(kind);
        expect([counted?.["each further create"].length, counted?.["each further refresh"]]).toEqual([1, []]);
    },
);
