"""AWS's service ids for the signing names whose id is not simply the same word in capitals.

Owns one table, taken from botocore's service models; a test compares every row with the installed
botocore. ``AWS_ENDPOINT_URL_<SERVICE ID>`` and the ``services`` section of a config file use these ids
(``CLOUDWATCH_LOGS`` for ``logs``). Several services may share a signing name: the row is then the client
of that name, else the service whose API is the oldest (``elbv2`` is signed
as ``elasticloadbalancing``, whose row is the classic service). One row is chosen by hand: ``execute-api`` is
API Gateway's, though Connect's participant service shares it and is a few weeks older.
"""

from __future__ import annotations

SERVICE_IDS = {
    "IoTSecuredTunneling": "IOTSECURETUNNELING",
    "access-analyzer": "ACCESSANALYZER",
    "aco-automation": "COMPUTE_OPTIMIZER_AUTOMATION",
    "aidevops": "DEVOPS_AGENT",
    "airflow": "MWAA",
    "airflow-serverless": "MWAA_SERVERLESS",
    "aoss": "OPENSEARCHSERVERLESS",
    "apigateway": "API_GATEWAY",
    "app-integrations": "APPINTEGRATIONS",
    "application-autoscaling": "APPLICATION_AUTO_SCALING",
    "application-cost-profiler": "APPLICATIONCOSTPROFILER",
    "applicationinsights": "APPLICATION_INSIGHTS",
    "appmesh": "APP_MESH",
    "aps": "AMP",
    "autoscaling": "AUTO_SCALING",
    "autoscaling-plans": "AUTO_SCALING_PLANS",
    "aws-marketplace": "MARKETPLACE_METERING",
    "awsssoportal": "SSO",
    "backup-search": "BACKUPSEARCH",
    "cases": "CONNECTCASES",
    "cassandra": "KEYSPACES",
    "ce": "COST_EXPLORER",
    "cleanrooms-ml": "CLEANROOMSML",
    "cloudcontrolapi": "CLOUDCONTROL",
    "cloudwatch": "CLOUDWATCHOMNI",
    "codeguru-profiler": "CODEGURUPROFILER",
    "cognito-idp": "COGNITO_IDENTITY_PROVIDER",
    "config": "CONFIG_SERVICE",
    "connect-campaigns": "CONNECTCAMPAIGNS",
    "cur": "COST_AND_USAGE_REPORT_SERVICE",
    "datapipeline": "DATA_PIPELINE",
    "devicefarm": "DEVICE_FARM",
    "directconnect": "DIRECT_CONNECT",
    "discovery": "APPLICATION_DISCOVERY_SERVICE",
    "dms": "DATABASE_MIGRATION_SERVICE",
    "ds": "DIRECTORY_SERVICE",
    "ds-data": "DIRECTORY_SERVICE_DATA",
    "elasticbeanstalk": "ELASTIC_BEANSTALK",
    "elasticfilesystem": "EFS",
    "elasticloadbalancing": "ELASTIC_LOAD_BALANCING",
    "elasticmapreduce": "EMR",
    "elemental-inference": "ELEMENTALINFERENCE",
    "end-user-messaging": "ENDUSERMESSAGING",
    "es": "ELASTICSEARCH_SERVICE",
    "events": "EVENTBRIDGE",
    "execute-api": "APIGATEWAYMANAGEMENTAPI",
    "geo": "LOCATION",
    "globalaccelerator": "GLOBAL_ACCELERATOR",
    "health-agent": "CONNECTHEALTH",
    "iot-jobs-data": "IOT_JOBS_DATA_PLANE",
    "iotdata": "IOT_DATA_PLANE",
    "iotmanagedintegrations": "IOT_MANAGED_INTEGRATIONS",
    "iotwireless": "IOT_WIRELESS",
    "kinesisanalytics": "KINESIS_ANALYTICS",
    "kinesisvideo": "KINESIS_VIDEO",
    "launchwizard": "LAUNCH_WIZARD",
    "lex": "LEX_RUNTIME_SERVICE",
    "logs": "CLOUDWATCH_LOGS",
    "machinelearning": "MACHINE_LEARNING",
    "marketplacecommerceanalytics": "MARKETPLACE_COMMERCE_ANALYTICS",
    "mgh": "MIGRATION_HUB",
    "migrationhub-orchestrator": "MIGRATIONHUBORCHESTRATOR",
    "migrationhub-strategy": "MIGRATIONHUBSTRATEGY",
    "mobiletargeting": "PINPOINT",
    "monitoring": "CLOUDWATCH",
    "mturk-requester": "MTURK",
    "neptune-db": "NEPTUNEDATA",
    "notifications-contacts": "NOTIFICATIONSCONTACTS",
    "osm": "OPENSEARCHMEMORY",
    "partnercentral": "PARTNERCENTRAL_REVENUE_MEASUREMENT",
    "pricingplanmanager": "PRICING_PLAN_MANAGER",
    "profile": "CUSTOMER_PROFILES",
    "refactor-spaces": "MIGRATION_HUB_REFACTOR_SPACES",
    "route53": "ROUTE_53",
    "route53domains": "ROUTE_53_DOMAINS",
    "s3-outposts": "S3OUTPOSTS",
    "scn": "SUPPLYCHAIN",
    "sdb": "SIMPLEDB",
    "secretsmanager": "SECRETS_MANAGER",
    "serverlessrepo": "SERVERLESSAPPLICATIONREPOSITORY",
    "servicecatalog": "SERVICE_CATALOG",
    "servicequotas": "SERVICE_QUOTAS",
    "sms-voice": "PINPOINT_SMS_VOICE",
    "social-messaging": "SOCIALMESSAGING",
    "sso": "SSO_ADMIN",
    "sso-oauth": "SSO_OIDC",
    "states": "SFN",
    "storagegateway": "STORAGE_GATEWAY",
    "supportapp": "SUPPORT_APP",
    "tagging": "RESOURCE_GROUPS_TAGGING_API",
    "tax": "TAXSETTINGS",
    "thinclient": "WORKSPACES_THIN_CLIENT",
    "timestream": "TIMESTREAM_QUERY",
    "voiceid": "VOICE_ID",
}


def service_id(signing_name: str) -> str:
    """Return the service id in AWS's environment variable form, in capitals with underscores."""
    return SERVICE_IDS.get(signing_name, as_variable(signing_name))


def as_variable(name: str) -> str:
    """Write a name the way that AWS's environment variables do."""
    return name.upper().replace(" ", "_").replace("-", "_")
