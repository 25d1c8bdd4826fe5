"""The names that AWS signs its services' requests by, and the other words for the same services.

Owns two tables, taken from botocore's service models and endpoint rules; a test compares them with the
installed botocore. A signing name is often not the word in a host or in the AWS CLI: ``bedrock-runtime`` is
signed as ``bedrock``, ``email`` as ``ses``. It decides nothing: a pack's word is signed as it was written.

``cloudwatch`` is a signing name of its own by now, so it does not lead to ``monitoring``, which the older
service of that name is signed by.
"""

from __future__ import annotations

import re

_NAMES = """
IngestionService IoTSecuredTunneling abuse access-analyzer account account-access acm acm-pca
aco-automation agent-discovery agent-registry aidevops aiops airflow airflow-serverless amplify
amplifybackend amplifyuibuilder aoss apigateway apiportal app-integrations appconfig appfabric appflow
application-autoscaling application-cost-profiler application-signals applicationinsights appmesh
apprunner appstream appsync aps arc-region-switch arc-zonal-shift artifact athena auditmanager
autoscaling autoscaling-plans aws-marketplace awsssoportal b2bi backup backup-gateway backup-search
batch bcm-dashboards bcm-data-exports bcm-pricing-calculator bcm-recommended-actions bedrock
bedrock-agentcore billing billingconductor braket budgets cases cassandra ce chatbot chime cleanrooms
cleanrooms-ml cloud9 cloudcontrolapi clouddirectory cloudformation cloudfront cloudfront-keyvaluestore
cloudhsm cloudsearch cloudtrail cloudtrail-data cloudwatch codeartifact codebuild codecatalyst
codecommit codeconnections codedeploy codeguru-profiler codeguru-reviewer codeguru-security
codepipeline codestar-connections codestar-notifications cognito-identity cognito-idp cognito-sync
comprehend comprehendmedical compute-optimizer config connect connect-campaigns continuum
controlcatalog controltower cost-optimization-hub cur databrew dataexchange datapipeline datasync
datazone dax deadline detective devicefarm devops-guru directconnect discovery dlm dms docdb-elastic
drs ds ds-data dsql dynamodb ebs ec2 ec2-instance-connect ecr ecr-public ecs eks eks-auth elasticache
elasticbeanstalk elasticfilesystem elasticloadbalancing elasticmapreduce elemental-inference
emr-containers emr-serverless end-user-messaging entityresolution es events evs execute-api firehose
fis fms forecast frauddetector freetier fsx gamelift gameliftstreams geo geo-maps geo-places
geo-routes glacier globalaccelerator glue grafana greengrass groundstation guardduty health
health-agent healthlake iam identitystore imagebuilder importexport inspector inspector-scan
inspector2 interconnect internetmonitor invoicing iot iot-jobs-data iotdata iotdeviceadvisor
iotfleetwise iotmanagedintegrations iotsitewise iotthingsgraph iottwinmaker iotwireless ivs ivschat
kafka kafkaconnect kendra kendra-ranking kinesis kinesisanalytics kinesisvideo kms lakeformation
lambda launchwizard lex license-manager license-manager-linux-subscriptions
license-manager-user-subscriptions lightsail logs lookoutequipment m2 machinelearning macie2
managedblockchain managedblockchain-query marketplacecommerceanalytics mediaconnect mediaconvert
medialive mediapackage mediapackage-vod mediapackagev2 mediastore mediatailor medical-imaging memorydb
mgh mgn migrationhub-orchestrator migrationhub-strategy mobiletargeting monitoring mpa mq
mturk-requester neptune-db neptune-graph network-firewall network-security-manager networkflowmonitor
networkmanager networkmonitor notifications notifications-contacts nova-act oam observabilityadmin odb
omics organizations osis osm outposts partnercentral partnercentral-account partnercentral-benefits
partnercentral-channel partnercentral-marketing partnercentral-selling payment-cryptography payments
pca-connector-ad pca-connector-scep pcs personalize pi pipes polly pricing pricingplanmanager profile
proton qapps qbusiness quicksight ram rbin rds rds-data redshift redshift-data redshift-serverless
refactor-spaces rekognition repostspace resiliencehub resource-explorer-2 resource-groups
rolesanywhere route53 route53-recovery-cluster route53-recovery-control-config
route53-recovery-readiness route53domains route53globalresolver route53profiles route53resolver
rtbfabric rum s3 s3-object-lambda s3-outposts s3express s3files s3tables s3vectors sagemaker
sagemaker-geospatial savingsplans scheduler schemas scn sdb secretsmanager security-ir securityagent
securityhub securitylake serverlessrepo servicecatalog servicediscovery servicequotas ses shield
signer signin sms-voice snow-device-management snowball sns social-messaging sqs ssm ssm-contacts
ssm-guiconnect ssm-incidents ssm-quicksetup ssm-sap sso sso-oauth states storagegateway sts support
supportapp supportauthz sustainability swf synthetics tagging tax textract thinclient timestream
timestream-influxdb transcribe transfer translate trustedadvisor uxc verifiedpermissions voiceid
vpc-lattice waf waf-regional wafv2 wellarchitected wickr wisdom workdocs workmail workmailmessageflow
workspaces workspaces-instances workspaces-web xray
"""
SIGNING_NAMES = frozenset(_NAMES.split())

OF_DATA_PLANES = frozenset({"kafka-cluster", "rds-db", "vpc-lattice-svcs"})
"""Signing names of services' own endpoints, which no API of AWS has and botocore does not know."""

OTHER_WORDS = {
    "IoTSecuredTunneling": "api.tunneling.iot iotsecuretunneling",
    "abuse": "abuse-signal",
    "account-access": "account-access-runtime",
    "aco-automation": "compute-optimizer-automation",
    "agent-registry": "agent-registry-control",
    "aidevops": "devops-agent",
    "airflow": "mwaa",
    "airflow-serverless": "mwaa-serverless",
    "aoss": "opensearchserverless",
    "apigateway": "apigatewayv2",
    "appconfig": "appconfigdata",
    "appstream": "appstream2",
    "aps": "amp",
    "aws-marketplace": (
        "agreement-marketplace catalog.marketplace deployment-marketplace discovery-marketplace "
        "entitlement.marketplace marketplace-agreement marketplace-catalog marketplace-deployment "
        "marketplace-discovery marketplace-entitlement marketplace-entitlement-service marketplace-metering "
        "marketplace-reporting meteringmarketplace reporting-marketplace"
    ),
    "awsssoportal": "portal.sso",
    "bedrock": (
        "bedrock-agent bedrock-agent-runtime bedrock-data-automation bedrock-data-automation-runtime "
        "bedrock-runtime"
    ),
    "bedrock-agentcore": "bedrock-agentcore-control",
    "cases": "connectcases",
    "cassandra": "cassandra-streams keyspaces keyspacesstreams",
    "ce": "cost-explorer",
    "chime": (
        "chime-sdk-identity chime-sdk-media-pipelines chime-sdk-meetings chime-sdk-messaging "
        "chime-sdk-voice identity-chime media-pipelines-chime meetings-chime messaging-chime voice-chime"
    ),
    "cloudcontrolapi": "cloudcontrol",
    "cloudhsm": "cloudhsmv2",
    "cloudsearch": "cloudsearchdomain",
    "cloudwatch": "cloudwatchomni",
    "cognito-idp": "cognito-identity-provider",
    "config": "config-service",
    "connect": "connect-contact-lens connectscheduling contact-lens",
    "connect-campaigns": "connectcampaignsv2",
    "cur": "cost-and-usage-report-service",
    "detective": "api.detective",
    "discovery": "application-discovery-service",
    "dms": "database-migration-service",
    "ds": "directory-service",
    "ds-data": "directory-service-data",
    "dynamodb": "dynamodbstreams streams.dynamodb",
    "ecr": "api.ecr",
    "ecr-public": "api.ecr-public",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elastic-load-balancing-v2 elb elbv2",
    "elasticmapreduce": "emr",
    "es": "elasticsearch-service opensearch",
    "events": "eventbridge eventbridgev2 eventsv2",
    "execute-api": "apigatewaymanagementapi connectparticipant participant.connect",
    "forecast": "forecastquery",
    "geo": "location",
    "greengrass": "greengrassv2",
    "health-agent": "connecthealth",
    "iam": "iam-toolbox",
    "iot-jobs-data": "data.jobs.iot iot-jobs-data-plane",
    "iotdata": "data-ats.iot iot-data-plane",
    "iotdeviceadvisor": "api.iotdeviceadvisor",
    "iotmanagedintegrations": "api.iotmanagedintegrations",
    "iotwireless": "api.iotwireless",
    "ivs": "ivs-realtime",
    "kinesisanalytics": "kinesisanalyticsv2",
    "kinesisvideo": (
        "kinesis-video-archived-media kinesis-video-media kinesis-video-signaling "
        "kinesis-video-webrtc-storage"
    ),
    "lambda": "lambda-core lambda-microvms lambda-web",
    "lex": (
        "lex-model-building-service lex-models lex-models-v2 lex-runtime lex-runtime-service lex-runtime-v2 "
        "lexv2-models lexv2-runtime models-v2-lex models.lex runtime-v2-lex runtime.lex"
    ),
    "logs": "cloudwatch-logs",
    "mediastore": "data.mediastore mediastore-data",
    "mediatailor": "api.mediatailor",
    "mgh": "migration-hub migrationhub-config",
    "mobiletargeting": "pinpoint",
    "mturk-requester": "mturk",
    "neptune-db": "neptunedata",
    "osm": "opensearchmemory",
    "partnercentral": "partnercentral-prm partnercentral-revenue-measurement",
    "payment-cryptography": (
        "controlplane.payment-cryptography dataplane.payment-cryptography payment-cryptography-data"
    ),
    "personalize": "personalize-events personalize-runtime",
    "pricing": "api.pricing",
    "profile": "customer-profiles",
    "qapps": "data.qapps",
    "rds": "docdb neptune",
    "refactor-spaces": "migration-hub-refactor-spaces",
    "resiliencehub": "resiliencehubv2",
    "s3": "s3control",
    "sagemaker": (
        "a2i-runtime.sagemaker api.sagemaker edge.sagemaker featurestore-runtime.sagemaker "
        "gateway-runtime.sagemaker inferencerouter-runtime.sagemaker job-runtime.sagemaker "
        "metrics.sagemaker runtime.sagemaker sagemaker-a2i-runtime sagemaker-edge "
        "sagemaker-featurestore-runtime sagemaker-gateway-runtime sagemaker-inference-router-runtime "
        "sagemaker-metrics sagemaker-runtime sagemakerjobruntime sagemakertrainingsessionruntime "
        "training-session-runtime.sagemaker"
    ),
    "scn": "supplychain",
    "sdb": "simpledb simpledbv2",
    "serverlessrepo": "serverlessapplicationrepository",
    "servicecatalog": "servicecatalog-appregistry",
    "ses": "email mailmanager pinpoint-email sesv2",
    "signer": "data-signer signer-data",
    "sms-voice": "pinpoint-sms-voice pinpoint-sms-voice-v2 sms-voice.pinpoint",
    "sso": "sso-admin",
    "sso-oauth": "oidc sso-oidc",
    "states": "sfn stepfunctions",
    "tagging": "resourcegroupstaggingapi",
    "tax": "taxsettings",
    "thinclient": "workspaces-thin-client",
    "timestream": "ingest.timestream query.timestream timestream-query timestream-write",
    "wickr": "admin.wickr",
    "wisdom": "qconnect",
}
"""Client names, endpoint prefixes and service ids of what is signed by another name, one of each spelling."""


def signing_name_for(word: str) -> str | None:
    """Return the name that AWS signs by for a word that may mean a service: the word itself if it is one.

    Dashes, dots, blanks and capitals make no difference. None where no service is known by that word.
    """
    if word in SIGNING_NAMES or word in OF_DATA_PLANES:
        return word
    return _BY_SPELLING.get(spelling(word))


def spelling(word: str) -> str:
    """Reduce a word to what does not differ from one spelling to another."""
    return re.sub(r"[^a-z0-9]", "", word.lower())


_BY_SPELLING = {
    **{spelling(other): name for name, others in OTHER_WORDS.items() for other in others.split()},
    **{spelling(name): name for name in SIGNING_NAMES | OF_DATA_PLANES},
}
