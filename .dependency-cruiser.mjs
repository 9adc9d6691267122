/**
 * The layers: which package may import which, and inside a package which folder may import which.
 * A folder imports only folders of a lower rank. Change the design page of ARCHITECTURE.md together with a rank.
 */
const packages = {
  "sip-stack": {
    imports: [],
    ranks: [["kernel"], ["message", "sdp"], ["transport"], ["transaction"], ["dialog", "auth"], ["ua"], ["testing"]],
  },
  "media-relay": {
    imports: [],
    ranks: [
      ["kernel"],
      ["packet", "stun"],
      ["srtp", "socket"],
      ["dtls"],
      ["webrtc"],
      ["handshake"],
      ["stage"],
      ["leg"],
      ["session"],
      ["worker"],
      ["testing"],
    ],
  },
  pbx: {
    imports: ["sip-stack", "media-relay"],
    ranks: [
      ["kernel"],
      ["domain"],
      ["config"],
      ["store", "numbers", "identity", "media"],
      ["routing"],
      ["guard"],
      ["trunk", "registrar", "access"],
      ["call"],
      ["ingress", "trace", "ops", "simulator"],
      ["http", "admin", "cli"],
    ],
  },
  "web-phone": {
    imports: [],
    ranks: [["kernel"], ["core"], ["sound", "ui"], ["sip", "access"], ["phone", "console"], ["testing"]],
  },
  infra: {
    imports: [],
    // The one list of networks by which the server judges and the security groups are made.
    data: ["^packages/pbx/src/config/networks\\.json$"],
    sources: "lib",
    ranks: [["settings"], ["handlers"], ["constructs"], ["stacks"], ["launch"]],
  },
};

/** Libraries that one place alone may import, because what they cost or break must stay there. */
const homes = [
  {
    library: "sip\\.js",
    home: "^(packages/sip-stack/(src/message/grammar(\\.test)?\\.ts$|bench/)|test/harness/browser/softphones/)",
    why: "a grammar call costs some 70 us",
  },
  {
    library: "werift",
    home: "^packages/media-relay/(src/webrtc/|test/|bench/)",
    why: "its garbage delays packets on any thread it runs on",
  },
  {
    library: "jssip",
    home: "^(packages/web-phone/src/sip/|test/harness/browser/softphones/)",
    why: "the pages know calls, not SIP",
  },
  {
    library: "node-rtp",
    home: "^packages/media-relay/(test/|src/.*\\.test\\.ts$)",
    why: "an oracle for tests, unfit to carry calls",
  },
];

const isTest = "\\.test\\.tsx?$";
const names = Object.keys(packages);
const sourcesOf = (name) => `^packages/${name}/${packages[name].sources ?? "src"}/`;
const data = Object.values(packages).flatMap((one) => one.data ?? []);
const oneOf = (list) => `(${list.join("|")})`;

const packageRules = names.map((name) => ({
  name: `package-${name}`,
  comment: `${name} may import of ours: ${packages[name].imports.join(", ") || "nothing"}`,
  severity: "error",
  from: { path: `^packages/${name}/` },
  to: {
    path: "^(packages|test|scripts)/",
    pathNot: [`^packages/${oneOf([name, ...packages[name].imports])}/`, ...(packages[name].data ?? [])],
  },
}));

/**
 * The surface is a list: another package's files are reached only through what its `exports` name. The workspace's own
 * tests may also use what a package's scenarios are built from.
 */
const surfaceRules = names.flatMap((name) => {
  const surface = `^packages/${name}/(src/(index|main|[a-z]+/index|[a-z]+/main)|lib/launch/(launch|destroy|system))\\.ts$`;
  const rule = (suffix, from, ...open) => ({
    name: `surface-${name}${suffix}`,
    severity: "error",
    from: { path: from, pathNot: `^packages/${name}/` },
    to: { path: `^packages/${name}/`, pathNot: [surface, ...data, ...open] },
  });
  return [rule("", "^packages/"), rule("-for-tests", "^(test|scripts)/", `^packages/${name}/test/`)];
});

const rankRules = names.flatMap((name) =>
  packages[name].ranks.flatMap((folders, rank) =>
    folders.map((folder) => {
      const reachable = [folder, ...packages[name].ranks.slice(0, rank).flat()];
      return {
        name: `layer-${name}-${folder}`,
        comment: `${folder} may import only lower ranks: ${reachable.slice(1).join(", ") || "none"}`,
        severity: "error",
        from: { path: `${sourcesOf(name)}${folder}/`, pathNot: isTest },
        to: { path: sourcesOf(name), pathNot: `${sourcesOf(name)}${oneOf(reachable)}/` },
      };
    }),
  ),
);

const unrankedRules = names.map((name) => ({
  name: `unranked-${name}`,
  comment: "a new folder needs a rank",
  severity: "error",
  from: {
    path: `${sourcesOf(name)}[^/]+/`,
    pathNot: `${sourcesOf(name)}${oneOf(packages[name].ranks.flat())}/`,
  },
  to: {},
}));

const homeRules = homes.map(({ library, home, why }) => ({
  name: `home-of-${library.replace("\\", "")}`,
  comment: why,
  severity: "error",
  from: { path: "^(packages|test|scripts)/", pathNot: home },
  to: { path: `/node_modules/${library}/` },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true, viaOnly: { pathNot: "node_modules" } } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "^node:" } },
    { name: "no-test-imported", severity: "error", from: { pathNot: isTest }, to: { path: isTest } },
    ...packageRules,
    ...surfaceRules,
    ...rankRules,
    ...unrankedRules,
    ...homeRules,
    {
      name: "media-worker-without-werift",
      comment: "packets do not wait for its garbage: it runs on the handshake thread",
      severity: "error",
      from: { path: "^packages/media-relay/src/worker/main\\.ts$" },
      to: { path: "/node_modules/werift/", reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/(dist|\\.cache|cdk\\.out)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "browser", "default"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
    },
  },
};
