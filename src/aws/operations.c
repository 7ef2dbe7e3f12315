/* operations: what is called of AWS, for the metrics, and how a call has ended. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/credentials_internal.h"

const struct outbound_operation aws_operations[] = {
    { STR_INIT("s3"), STR_INIT("ListBuckets") },
    { STR_INIT("s3"), STR_INIT("ListObjectsV2") },
    { STR_INIT("s3"), STR_INIT("HeadObject") },
    { STR_INIT("s3"), STR_INIT("GetObject") },
    { STR_INIT("s3"), STR_INIT("PutObject") },
    { STR_INIT("s3"), STR_INIT("DeleteObject") },
    { STR_INIT("s3"), STR_INIT("CreateBucket") },
    { STR_INIT("s3"), STR_INIT("HeadBucket") },
    { STR_INIT("ec2"), STR_INIT("DescribeSecurityGroups") },
    { STR_INIT("ec2"), STR_INIT("DescribeSubnets") },
    { STR_INIT("elasticmapreduce"), STR_INIT("RunJobFlow") },
    { STR_INIT("elasticmapreduce"), STR_INIT("DescribeCluster") },
    { STR_INIT("elasticmapreduce"), STR_INIT("ListClusters") },
    { STR_INIT("elasticmapreduce"), STR_INIT("ListInstances") },
    { STR_INIT("elasticmapreduce"), STR_INIT("ListSteps") },
    { STR_INIT("elasticmapreduce"), STR_INIT("TerminateJobFlows") },
    { STR_INIT("elasticmapreduce"), STR_INIT("GetBlockPublicAccessConfiguration") },
    { STR_INIT("sqs"), STR_INIT("ReceiveMessage") },
    { STR_INIT("sqs"), STR_INIT("DeleteMessageBatch") },
    { STR_INIT("sts"), STR_INIT("AssumeRole") },
    { STR_INIT("sts"), STR_INIT("AssumeRoleWithWebIdentity") },
    { STR_INIT("sts"), STR_INIT("GetCallerIdentity") },
    { STR_INIT("sso"), STR_INIT("GetRoleCredentials") },
    { STR_INIT("sso-oidc"), STR_INIT("CreateToken") },
};
const size_t aws_n_operations = ARRAY_LEN(aws_operations);

enum outbound_result aws_result(struct arena *a, bool ok, const struct http_reply *reply)
{
    if (!ok)
        return OUTBOUND_NO_ANSWER;
    if ((reply->status >= 200 && reply->status <= 299) || reply->status == 304)
        return OUTBOUND_OK;
    if (aws_is_throttled(a, reply))
        return OUTBOUND_THROTTLED;
    return reply->status >= 500 ? OUTBOUND_FAILED : OUTBOUND_REFUSED;
}
