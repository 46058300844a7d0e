/** A program in Go against the SDK that the Pulumi CLI makes: it compiles and runs. Fetches Pulumi's SDK, so only `make languages` runs it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../docs/markdown";
import { missingHost, testUnless, Workstation } from "../engines/workstation";

jest.setTimeout(900_000);

const program = `package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	fastio "pulumi-fastio/sdk/go/fastio"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		company, err := fastio.NewOrganization(ctx, "company", &fastio.OrganizationArgs{
			Domain: pulumi.String("acme"),
			Name:   pulumi.String("Acme"),
		})
		if err != nil {
			return err
		}
		design, err := fastio.NewWorkspace(ctx, "design", &fastio.WorkspaceArgs{
			OrganizationId: company.ID(),
			PermJoin:       fastio.WorkspaceJoinAdminOrAbove,
			OwnerDefined:   pulumi.Any(map[string]any{"team": "platform"}),
		})
		if err != nil {
			return err
		}
		share, err := fastio.NewShare(ctx, "report", &fastio.ShareArgs{
			WorkspaceId: design.ID(),
			Title:       pulumi.String("Report"),
		})
		if err != nil {
			return err
		}
		_, err = fastio.NewShareBranding(ctx, "look", &fastio.ShareBrandingArgs{
			ShareId:     share.ID(),
			AccentColor: pulumi.String("#0055ff"),
			Links: fastio.ShareBrandingLinkArray{
				&fastio.ShareBrandingLinkArgs{Title: pulumi.String("Site"), Url: pulumi.String("https://acme.example")},
			},
		})
		if err != nil {
			return err
		}
		me, err := fastio.GetCurrentUser(ctx)
		if err != nil {
			return err
		}
		ctx.Export("account", pulumi.StringPtrFromPtr(me.Email))
		ctx.Export("folder", design.FolderName)
		return nil
	})
}
`;

const missing =
    process.env.LANGUAGES === "all" ? missingHost("go") : "only `make languages` fetches Pulumi's SDK for Go";

testUnless(missing, "a program in Go", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulumi-fastio-go-"));
    const machine = await Workstation.open(folder);
    const plugin = join(repository, "dist/pulumi-resource-fastio");
    writeFileSync(join(folder, "main.go"), program);
    writeFileSync(
        join(folder, "Pulumi.yaml"),
        `name: in-go\nruntime: go\nplugins:\n  providers:\n    - name: fastio\n      path: ${plugin}\n`,
    );
    // What Go has fetched and built is kept between runs.
    const kept = {
        GOFLAGS: "-mod=mod",
        GOPATH: `${process.env.HOME}/go`,
        GOCACHE: `${process.env.HOME}/.cache/go-build`,
    };
    const run = (command: string) => machine.shell(command, { ...kept, FASTIO_TOKEN: machine.emulator.token });
    try {
        await run(`pulumi package gen-sdk ${plugin}/pulumi-resource-fastio --language go --out sdk`);
        await run("go mod init example.com/in-go");
        await run("cd sdk/go && go mod init pulumi-fastio/sdk/go/fastio");
        await run("go mod edit -replace pulumi-fastio/sdk/go/fastio=./sdk/go && go mod tidy && go vet ./...");
        await run("pulumi stack init dev");
        expect(await run("pulumi up --yes --skip-preview")).toMatch(/account: "agent@example\.com".*\+ 5 created/s);
        expect(await run("pulumi preview")).toContain("5 unchanged");
        await run("pulumi destroy --yes --skip-preview");
        expect(await machine.census()).toMatchObject({ organizations: 0, workspaces: 0, shares: 0 });
    } finally {
        await machine.close();
        rmSync(folder, { recursive: true });
    }
});
