/*
 * commands: the table of commands.  To add one: a row here, its function in commands.h and a page
 * docs/man/boathouse-<name>.1.scd.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"

#define ROLE_OPTION                                                                                \
    {                                                                                              \
        "role", 'r', "ROLE", "viewer, analyst or admin."                                           \
    }

static const struct command commands[] = {
    {
        .name = "serve",
        .run = cmd_serve,
        .summary = "Answer the calls of the API over HTTP",
        .about =
            "Listens on 127.0.0.1:8080, or where the setting server.listen says, until it gets "
            "SIGTERM or SIGINT; then it finishes what runs. Beyond the loopback addresses it "
            "starts only when [auth] names tokens. The API is described at /docs and "
            "/openapi.json. The log, one line an event, goes to standard error.",
        .sections = "- server log auth aws fetch scan analysis",
        .options = { { "ready-fd", 0, "N",
                       "Write the addresses in force, a line each, to this "
                       "descriptor when the server answers, and close it." } },
    },
    {
        .name = "scan",
        .run = cmd_scan,
        .summary = "Bring the catalogue up to date with the places that are scanned",
        .about =
            "Lists each source, reads and analyses the notebooks that are new or changed since the "
            "last scan, finds the datasets, and writes both into the catalogue, index.db in the "
            "folder of the setting state; what is gone leaves. A scan may be stopped at any "
            "moment: "
            "the next one goes on. If another process scans the source already, its progress is "
            "followed instead. Sources are those of the setting scan.sources, else every bucket of "
            "the lake, and those added by the API. A folder or s3://BUCKET/PREFIX that is no "
            "source "
            "yet becomes one.\n\n"
            "A notebook that cannot be read is kept with its error and counted. Exit status 1 when "
            "there is no source, else that of the first source that could not be scanned.",
        .sections = "- scan aws fetch analysis",
        .nothing = "there are no sources",
        .next = "boathouse demo fills the lake with samples; boathouse scan PLACE adds a folder or "
                "s3://BUCKET/PREFIX.",
        .positionals = { { "SOURCE", true, true,
                           "The name of a source, its place, or a new place. Without it, all." } },
        .options = { { "full", 'f', NULL, "Read and analyse everything again." },
                     { "list", 'l', NULL, "Only list the sources." },
                     { "inventory", 0, "MANIFEST",
                       "Do not list the bucket of SOURCE, but read its list from an inventory that "
                       "S3 wrote: s3://BUCKET/.../manifest.json (CSV or Parquet)." },
                     { "import", 0, "PLACE",
                       "Take up what boathouse analyze --jsonl --cells wrote: a file, a folder of "
                       "files, s3://BUCKET/PREFIX, or - for standard input." } },
    },
    {
        .name = "analyze",
        .run = cmd_analyze,
        .summary = "Say what notebooks read and write, without running them",
        .about =
            "Reads notebooks of Jupyter, Zeppelin and Databricks, and sources of Python, SQL, R, "
            "Scala and the shell, and tells every place in their code that reads or writes data, "
            "with its location as far as reading the code can tell it; {} stands for what it "
            "cannot. Of a folder, and of s3://BUCKET/FOLDER, all notebooks below it are read but "
            "those whose path has a part that begins with a dot. s3:// is S3 with provider aws, "
            "else the folder of the lake. A file beside a notebook that its code imports, runs or "
            "loads as configuration is read as well, if it is in the notebook's own folder or "
            "below it.\n\n"
            "Cells count from 0, all of the document; lines from 1 in their cell. A notebook that "
            "cannot be read is named on standard error, the others go on, and the exit status is "
            "1; with --stdin its answer says so, and the exit status is 0. Exit status 1 also when "
            "there is no notebook.",
        .sections = "- aws fetch analysis",
        .positionals = { { "FILE", true, true,
                           "A file, a folder, s3://BUCKET/PREFIX, or - for a notebook on standard "
                           "input." } },
        .options = { { "jsonl", 'l', NULL,
                       "Print one JSON object a notebook, a line each, as they are done." },
                     { "stdin", 0, NULL,
                       "Read the paths from standard input, one a line, and answer each with one "
                       "line, in order and at once." },
                     { "cells", 0, NULL,
                       "With --json or --jsonl: also the cells, and ETag, size and time of an "
                       "object of S3, so that scan --import can take it up." },
                     { "score", 0, NULL,
                       "Print only notebook, dir, uri, cell and via of what is read and written, a "
                       "line each." },
                     { "explain", 'x', NULL,
                       "Print the steps that led to each location, with cell and line." },
                     { "jobs", 'j', "N", "Notebooks to work on side by side." } },
    },
    {
        .name = "uses",
        .run = cmd_uses,
        .summary = "Say which notebooks use a location",
        .about =
            "Reads the notebooks of the places now, as analyze does, and shows the references that "
            "are "
            "about URI, best first: exact, inside (below URI), glob (its pattern fits), contains "
            "(a folder or prefix above URI), holes (what is not known of it could be URI). No "
            "server and no index is needed. URI is s3://BUCKET/KEY, a path, table:NAME, or a bare "
            "name, which may be a table, a stream, a library's data set or a file. A path in a "
            "notebook of this machine is also looked at as relative to the notebook.\n\n"
            "Without PLACE the index is asked, which boathouse scan fills: that is quick however "
            "many notebooks there are, knows which tables are bound to which locations, takes a "
            "bare name for the datasets that are called so, and shows near-copies of a notebook as "
            "one. Exit status 1 when nothing is found.",
        .sections = "- aws fetch analysis",
        .nothing = "no notebook that was looked at uses it",
        .next = "--all also shows uses of which little is known; boathouse scan brings the "
                "catalogue up to date.",
        .positionals = { { "URI", false, false, "The location that is asked for." },
                         { "PLACE", true, true, "A file, a folder or s3://BUCKET/PREFIX." } },
        .options = { { "all", 'a', NULL,
                       "Also references of which so little is known that nearly everything fits." },
                     { "jobs", 'j', "N", "Of places: notebooks to work on side by side." },
                     { "match", 'm', "WORD",
                       "Of the index: only exact, inside, glob, contains or holes." },
                     { "dir", 'd', "WORD", "Of the index: only read, write, list or delete." },
                     { "copies", 0, NULL, "Of the index: each near-copy by itself." },
                     { "limit", 'n', "N", "Of the index: references at most (100; up to 1000)." } },
    },
    {
        .name = "datasets",
        .run = cmd_datasets,
        .summary = "List the datasets that scans found, or describe one",
        .about =
            "Lists the datasets of the index, all or those whose location, or table name, contains "
            "WHAT. When WHAT is a location (s3://BUCKET/KEY) or an id, the one dataset that it is "
            "or falls into is described: its columns, table names and users, and code that loads "
            "it; those inside of a folder that is none are listed. Exit status 1 when none is "
            "found, "
            "3 when no dataset is there.",
        .sections = "- aws",
        .nothing = "no dataset fits",
        .next = "boathouse scan --list says what is scanned and when; boathouse scan PLACE adds a "
                "folder or s3://BUCKET/PREFIX.",
        .positionals = { { "WHAT", true, false, "A part of the location, a location or an id." } },
        .options = { { "unused", 'u', NULL, "Only those that no notebook uses." },
                     { "unused-since", 0, "TIME",
                       "Only those that no notebook uses which was changed then or later." },
                     { "bucket", 'b', "BUCKET", "Only those of this bucket." },
                     { "format", 'f', "FORMAT", "Only those of this format, such as parquet." },
                     { "layout", 0, "LAYOUT",
                       "Only those that lie so: single, folder, numbered, partitioned, delta, "
                       "iceberg, hudi, zarr." },
                     { "column", 'c', "NAME", "Only those with a column of this name." },
                     { "min-bytes", 0, "N", "Only those of at least so many bytes." },
                     { "sort", 's', "WORD", "name, size, modified or users." },
                     { "limit", 'n', "N", "How many at most (100; up to 1000)." } },
    },
    {
        .name = "analyses",
        .run = cmd_analyses,
        .summary = "Count the kinds of analysis that the notebooks are",
        .about =
            "Shows how many notebooks explore, ingest, clean, train and so on; one may do several. "
            "With --by the notebooks are counted for each dataset, owner, library or month of "
            "their last change. Exit status 1 when there is none.",
        .sections = "- aws",
        .nothing = "no notebook fits",
        .next = "boathouse notebooks lists what scans found; boathouse scan PLACE adds a folder or "
                "s3://BUCKET/PREFIX.",
        .options = { { "by", 'b', "WORD", "dataset, owner, library or month." },
                     { "kind", 'k', "KIND", "Only this kind." },
                     { "limit", 'n', "N", "How many at most (100; up to 1000)." } },
    },
    {
        .name = "search",
        .run = cmd_search,
        .summary = "Search in the cells of the notebooks that scans found",
        .about = "Shows every line that contains TEXT. Exit status 1 when there is none.",
        .sections = "- aws",
        .nothing = "no line fits",
        .next = "Upper and lower case differ without --ignore-case; boathouse scan brings the "
                "catalogue up to date.",
        .positionals = { { "TEXT", false, false, "The text, or the expression." } },
        .options = { { "regex", 'e', NULL, "TEXT is a regular expression (PCRE2)." },
                     { "ignore-case", 'i', NULL, "Upper and lower case are the same." },
                     { "in", 0, "WORD", "Only in code, sql, markdown or parameters." },
                     { "limit", 'n', "N", "Lines at most (100; up to 1000)." } },
    },
    {
        .name = "lineage",
        .run = cmd_lineage,
        .summary = "Show where data comes from and what is made of it",
        .about =
            "Shows the notebooks and datasets around URI, which may be a dataset, any other "
            "location or a notebook, as a tree: <- is where it comes from, -> what is made of it. "
            "With --impact what breaks when it is deleted, the nearest first. Exit status 1 when "
            "nothing is known of it.",
        .sections = "- aws",
        .nothing = "nothing is known of it",
        .next = "boathouse datasets and boathouse notebooks list what scans found; boathouse scan "
                "brings that up to date.",
        .positionals = { { "URI", false, false, "The location." } },
        .options = { { "direction", 'd', "WORD", "Only up or down." },
                     { "depth", 0, "N", "Steps at most; a dataset and a notebook are two (6)." },
                     { "impact", 'i', NULL, "What breaks when it is deleted." },
                     { "format", 'f', "WORD",
                       "json, dot (Graphviz), mermaid or openlineage (events)." },
                     { "max-nodes", 0, "N", "Nodes at most (500; up to 2000)." } },
    },
    {
        .name = "files",
        .run = cmd_files,
        .summary = "List the files of a bucket",
        .about = "Lists every object of the bucket whose key begins with PATH and ends in the "
                 "extension, in the order of keys. Exit status 1 when there is none.",
        .sections = "- aws",
        .nothing = "no object fits",
        .next = "PATH is what whole keys begin with, --extension what they end in; both are "
                "compared exactly.",
        .positionals = { { "BUCKET", false, false, "The bucket." },
                         { "PATH", true, false, "What the keys begin with." } },
        .options = { { "extension", 'e', "TEXT", "What the keys end in, such as csv." } },
    },
    {
        .name = "notebooks",
        .run = cmd_notebooks,
        .summary = "List the notebooks that scans found, or search in parameters now",
        .about =
            "Lists the notebooks of the index, the newest first, all or those whose location or "
            "title contains WHAT; when WHAT is the location of a notebook (s3://BUCKET/KEY), what "
            "is known of it. With --search-on no index is needed: WHAT is a bucket, every Jupyter "
            "notebook below PATH is read now, and those are listed in which a cell with the tag "
            "parameters contains the text; one that cannot be read is named on standard error and "
            "skipped. Exit status 1 when none is found.",
        .sections = "- aws fetch",
        .nothing = "no notebook fits",
        .next = "boathouse scan --list says what is scanned and when; boathouse scan PLACE adds a "
                "folder or s3://BUCKET/PREFIX.",
        .positionals = { { "WHAT", true, false,
                           "A part of the location or title, a location; or the bucket." },
                         { "PATH", true, false, "With --search-on: what the keys begin with." } },
        .options = { { "search-on", 's', "TEXT",
                       "The text to look for; upper and lower case differ." },
                     { "uses", 'u', "URI", "Only those that use this location." },
                     { "kind", 'k', "KIND", "Only of this kind of analysis." },
                     { "library", 'l', "NAME", "Only those that import it." },
                     { "language", 0, "NAME", "Only those in this language." },
                     { "owner", 'o', "NAME", "Only those of this owner." },
                     { "broken", 0, NULL, "Only those that could not be read." },
                     { "limit", 'n', "N", "How many at most (100; up to 1000)." } },
    },
    {
        .name = "clusters create",
        .run = cmd_clusters_create,
        .summary = "Start a cluster with JupyterHub",
        .about =
            "Asks the provider for one primary node and NODES - 1 workers, as the section "
            "[clusters] of the settings says, exactly once, and prints the cluster's id. The "
            "request is kept in the state folder before EMR is asked; if EMR's answer is lost, "
            "the cluster is looked for, which may take minutes. A server that runs on the "
            "same state folder does the work.",
        .sections = "- aws clusters templates",
        .positionals = { { "NODES", false, false, "How many nodes, at least 1." } },
        .options = { { "template", 't', "NAME", "Take the rest from this template." },
                     { "wait", 'w', NULL,
                       "Wait until it is ready, and say on standard error what happens. Exit "
                       "status 5 when it fails." } },
    },
    {
        .name = "clusters info",
        .run = cmd_clusters_info,
        .summary = "Say how a cluster is doing and where its JupyterHub is",
        .about = "Prints the provider's own word for the state, and address, user and password of "
                 "JupyterHub, which are empty until the name of the primary node is known.",
        .sections = "- aws clusters",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
    },
    {
        .name = "clusters list",
        .run = cmd_clusters_list,
        .summary = "List the clusters that the provider has",
        .about = "Lists the clusters that have not ended, those that others started too, with the "
                 "provider's own words for their states. Exit status 1 when there is none.",
        .sections = "- aws clusters",
        .nothing = "no cluster is there",
        .next = "boathouse clusters create 2 starts one; --all also shows those that have ended.",
        .options = { { "all", 'a', NULL,
                       "Also those that have ended, for as long as the provider knows them." } },
    },
    {
        .name = "clusters nodes",
        .run = cmd_clusters_nodes,
        .summary = "List the machines of a cluster",
        .about = "Lists every machine of the cluster, those that have ended too. Exit status 1 "
                 "when there is none.",
        .sections = "- aws clusters",
        .nothing = "it has no nodes yet",
        .next = "boathouse clusters info CLUSTER says how it is doing.",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
    },
    {
        .name = "clusters steps",
        .run = cmd_clusters_steps,
        .summary = "List the steps of a cluster",
        .about = "Lists the programs that were given to the cluster to run, the newest first. Exit "
                 "status 1 when there is none.",
        .sections = "- aws clusters",
        .nothing = "it has no steps",
        .next = "boathouse clusters info CLUSTER says how it is doing.",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
    },
    {
        .name = "clusters events",
        .run = cmd_clusters_events,
        .summary = "Say what happened to a cluster",
        .about = "Prints what happened from the request on, the oldest first, as the ledger in the "
                 "state folder has it.",
        .sections = "- aws clusters",
        .nothing = "nothing is known to have happened to it",
        .next = "boathouse clusters info CLUSTER says how it is doing.",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
        .options = { { "follow", 'f', NULL,
                       "Go on with what happens, until the cluster has ended; with --json a line "
                       "for each event." } },
    },
    {
        .name = "clusters extend",
        .run = cmd_clusters_extend,
        .summary = "Let a cluster live longer",
        .about = "Adds SECONDS to the time at which a cluster with a limit ends. One without a "
                 "limit gets none.",
        .sections = "- aws clusters",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." },
                         { "SECONDS", false, false, "60 to 604800." } },
    },
    {
        .name = "clusters cost",
        .run = cmd_clusters_cost,
        .summary = "Say what a cluster cost",
        .about = "By the times of its machines, which are kept after EMR has forgotten them, and a "
                 "dated list of prices. Disks and S3 are not counted; spot machines are counted "
                 "as on demand, and the cost is then told to be incomplete.",
        .sections = "- aws clusters",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
    },
    {
        .name = "clusters diagnose",
        .run = cmd_clusters_diagnose,
        .summary = "Say why a cluster failed, and what to do",
        .about = "Prints the reason of its phase. With --json also what EMR said, and the request "
                 "that may succeed.",
        .sections = "- aws clusters",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
    },
    {
        .name = "clusters orphans",
        .run = cmd_clusters_orphans,
        .summary = "List the clusters that live and are in no ledger",
        .about =
            "As the last whole list of EMR had them: lost (made by this installation), "
            "other_deployment, and unmanaged (made by somebody else). Exit status 1 when there "
            "is none.",
        .sections = "- aws clusters",
        .nothing = "there is no orphan",
        .next = "Nothing has to be done.",
    },
    {
        .name = "clusters notebooks",
        .run = cmd_clusters_notebooks,
        .summary = "List the notebooks that a cluster's user has saved",
        .about = "As the store has them, the one that was saved last first; they outlive the "
                 "cluster. Exit status 1 when there is none.",
        .sections = "- aws clusters",
        .nothing = "it has no notebooks",
        .next = "They come to the notebooks bucket as people save them.",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
    },
    {
        .name = "clusters releases",
        .run = cmd_clusters_releases,
        .summary = "List the releases of EMR",
        .about = "A dated list that comes with the program, the newest first: those with a "
                 "JupyterHub that keeps notebooks on S3. AWS is not asked.",
        .options = { { "all", 'a', NULL, "Also those on which no cluster can be made here." } },
        .sections = "",
    },
    {
        .name = "clusters templates",
        .run = cmd_clusters_templates,
        .summary = "List the templates of clusters",
        .about = "Named sets of what a cluster is made of, from the section [templates] of the "
                 "settings. Exit status 1 when there is none.",
        .sections = "- clusters templates",
    },
    {
        .name = "clusters budget",
        .run = cmd_clusters_budget,
        .summary = "Say what was spent on clusters this month",
        .about = "By the times of the machines of all clusters of a person since the month began "
                 "(UTC), and the dated list of prices.",
        .sections = "- aws clusters",
        .options = { { "owner", 0, "NAME",
                       "Of this person; without, of those that were made "
                       "without a token." } },
    },
    {
        .name = "clusters adopt",
        .run = cmd_clusters_adopt,
        .summary = "Take a cluster that has no row into the ledger",
        .about = "One that clusters orphans lists. From then on its cost is counted, its limits "
                 "hold, and it can be ended as others are.",
        .sections = "- aws clusters",
        .positionals = { { "CLUSTER", false, false, "The id that EMR gave it." } },
    },
    {
        .name = "clusters types",
        .run = cmd_clusters_types,
        .summary = "List the machines that EMR can use, with their prices",
        .about = "Dated lists that come with the program: dollars an hour on demand of EC2, and "
                 "EMR's own fee, empty where no source has it. AWS is not asked. Exit status 1 "
                 "when there is none.",
        .sections = "- aws",
        .nothing = "no type of machine fits",
        .next = "boathouse clusters types lists all that are known.",
        .positionals = { { "BEGIN", true, false, "What the type's name begins with: m5." } },
        .options = { { "release", 0, "RELEASE", "Only those that this release takes." } },
    },
    {
        .name = "clusters terminate",
        .run = cmd_clusters_terminate,
        .summary = "End a cluster",
        .about = "Asks the provider to end the cluster; one that has ended already is no failure.",
        .sections = "- aws clusters",
        .positionals = { { "CLUSTER", false, false, "The cluster's id." } },
        .options = { { "wait", 'w', NULL,
                       "Wait until it has ended, and say on standard error what happens." } },
    },
    {
        .name = "demo",
        .run = cmd_demo,
        .summary = "Fill the lake with sample datasets and notebooks",
        .about =
            "Puts the datasets iris, titanic and nile, and notebooks that explore, prepare, train "
            "and report on them, into the buckets datasets and notebooks, which are made if they "
            "are missing. An object that is there already is never touched. With provider local "
            "the folder of the lake is made as well.",
        .sections = "- aws",
        .options = { { "datasets", 0, "BUCKET", "Another name for the bucket datasets." },
                     { "notebooks", 0, "BUCKET", "Another name for the bucket notebooks." } },
    },
    {
        .name = "doctor",
        .run = cmd_doctor,
        .summary = "Check what the program needs, and say what to do where it fails",
        .about =
            "Checks the folders, and with provider aws the region, the credentials, where they "
            "were "
            "found and whose they are, the clock, the buckets, whether the notebooks bucket can be "
            "listed and written (by an object that is removed again), EMR, and how long the "
            "release "
            "is supported. The exit status is 0 when everything is well, else that of the first "
            "failure. With provider local it tells whether what clusters on this machine need is "
            "installed.",
        .sections = "- aws clusters local",
        .options = { { "prepare-local", 0, NULL,
                       "Install what clusters on this machine need, JupyterHub, Spark and Java, "
                       "now "
                       "rather than with the first of them." } },
    },
    {
        .name = "config",
        .run = cmd_config,
        .summary = "Show the settings in force and where each comes from",
        .about =
            "A setting comes from its default, the file, the environment or an option; each of "
            "these goes before the ones named earlier. The file is the first of --config, "
            "$BOATHOUSE_CONFIG, $XDG_CONFIG_HOME/boathouse/boathouse.conf (else "
            "~/.config/boathouse/boathouse.conf) and /etc/boathouse/boathouse.conf that exists. "
            "Hashes of tokens are not shown.",
        .sections = "- server log auth aws fetch clusters analysis",
    },
    {
        .name = "index check",
        .run = cmd_index_check,
        .summary = "Look whether the catalogue is whole",
        .about = "Reads all of index.db in the state folder: the file, the rows, what is stored as "
                 "bytes. Writes nothing, and others may use the catalogue meanwhile. The exit "
                 "status is 1 when something is wrong.",
        .sections = "-",
    },
    {
        .name = "index backup",
        .run = cmd_index_backup,
        .summary = "Copy the catalogue, as of now, while others use it",
        .about =
            "The copy is one file, whole in itself. To go back to it: stop boathouse, put it in "
            "the place of index.db in the state folder, remove index.db-wal and index.db-shm.",
        .sections = "-",
        .positionals = { { "FILE", false, false, "The copy to make; it must not exist." } },
    },
    {
        .name = "index rebuild",
        .run = cmd_index_rebuild,
        .summary = "Write the catalogue anew, also from a damaged file",
        .about =
            "Saves what can be read, makes search data and counts anew, and leaves the old file as "
            "index.db.before-rebuild. No other process may have the catalogue open. The exit "
            "status is 1 when parts were lost; a scan finds them again.",
        .sections = "-",
    },
    {
        .name = "iam-policy",
        .run = cmd_iam_policy,
        .summary = "Print the AWS policy with the least rights that the program needs",
        .about = "The notebooks bucket and the roles are those of the settings; put your account "
                 "and the buckets with datasets in place of ACCOUNT-ID and DATASETS-BUCKET, and "
                 "your queue, if there is one, in place of EVENTS-QUEUE. The "
                 "template deploy/aws/boathouse.yaml makes the same.",
        .sections = "- clusters",
    },
    {
        .name = "token new",
        .run = cmd_token_new,
        .summary = "Make a new access token",
        .about =
            "Prints a random token, which is kept nowhere, and the line for the section [auth] "
            "of boathouse.conf, which holds only its hash. Clients send the token in the header "
            "Authorization: Bearer TOKEN.",
        .sections = "",
        .positionals = { { "NAME", false, false, "Who will use it; stands in the log." } },
        .options = { ROLE_OPTION },
        .is_bare = true,
    },
    {
        .name = "completion",
        .run = cmd_completion,
        .summary = "Print a script that completes commands and options in a shell",
        .about =
            "For bash: source <(boathouse completion bash) in ~/.bashrc. For zsh: put the output "
            "in a file _boathouse in a folder of $fpath. For fish: put it in "
            "~/.config/fish/completions/boathouse.fish.",
        .sections = "",
        .positionals = { { "SHELL", false, false, "bash, zsh or fish." } },
        .is_bare = true,
    },
    {
        .name = "openapi",
        .run = cmd_openapi,
        .summary = "Print the contract of the API",
        .about = "Prints the OpenAPI document, as the server gives it at /openapi.json.",
        .sections = "",
        .is_bare = true,
    },
    {
        .name = "version",
        .run = cmd_version,
        .summary = "Print the version",
        .about = "Prints the name and the version of the program.",
        .sections = "",
        .is_bare = true,
    },
    {
        .name = "local-cluster",
        .run = cmd_local_cluster,
        .summary = "Watch over one cluster on this machine",
        .about = "Is started by the program itself, for each cluster of the provider local.",
        .sections = "",
        .positionals = { { "FOLDER", false, false, "The folder of the cluster." } },
        .is_hidden = true,
        .is_bare = true,
    },
    {
        .name = "manual",
        .run = cmd_manual,
        .summary = "Fill the tables into the source of a manual page",
        .about =
            "Reads the source of a page in scdoc's format and writes it with the lines @name@, "
            "@options@, @commands@, @settings@, @errors@ replaced from the tables of the program.",
        .sections = "",
        .positionals = { { "FILE", false, false, "The source, NAME.SECTION.scd." } },
        .is_hidden = true,
        .is_bare = true,
    },
};

const struct command *command_table(size_t *n_out)
{
    *n_out = ARRAY_LEN(commands);
    return commands;
}
