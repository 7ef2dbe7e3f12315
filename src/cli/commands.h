/*
 * commands: the functions of the command table.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

command_fn cmd_serve;
command_fn cmd_scan;
command_fn cmd_analyze;
command_fn cmd_uses;
command_fn cmd_datasets;
command_fn cmd_analyses;
command_fn cmd_search;
command_fn cmd_lineage;
command_fn cmd_files;
command_fn cmd_notebooks;
command_fn cmd_clusters_adopt;
command_fn cmd_clusters_budget;
command_fn cmd_clusters_cost;
command_fn cmd_clusters_create;
command_fn cmd_clusters_diagnose;
command_fn cmd_clusters_events;
command_fn cmd_clusters_extend;
command_fn cmd_clusters_info;
command_fn cmd_clusters_list;
command_fn cmd_clusters_nodes;
command_fn cmd_clusters_notebooks;
command_fn cmd_clusters_orphans;
command_fn cmd_clusters_releases;
command_fn cmd_clusters_steps;
command_fn cmd_clusters_templates;
command_fn cmd_clusters_terminate;
command_fn cmd_clusters_types;
command_fn cmd_demo;
command_fn cmd_doctor;
command_fn cmd_config;
command_fn cmd_index_backup;
command_fn cmd_index_check;
command_fn cmd_index_rebuild;
command_fn cmd_iam_policy;
command_fn cmd_token_new;
command_fn cmd_openapi;
command_fn cmd_completion;
command_fn cmd_local_cluster;
command_fn cmd_manual;
command_fn cmd_version;

#endif
