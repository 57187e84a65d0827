"""Fixes that playbooks may name and only people make: the engine passes them on as suggestions.

A fix leaves this table for a file of its own when the engine learns to apply it; what has no way
back, as a deleted password, stays.
"""

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.api import ApiCall
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.questions.question import Parameter

DENY = "deny-everything"

SUGGESTED: Mapping[str, Fix] = MappingProxyType(
    {
        "aws.call": Fix(
            summary="Make this one API call by hand; it is checked against AWS's own model.",
            scope="what the call names",
            risk="Whatever the call does: it has no undo here, so it is only ever suggested.",
            iam_actions=(),
            calls=(ApiCall(call="{call}", parameters="{parameters}"),),
            by_hand=True,
            parameters={
                "call": Parameter(
                    type="string", meaning="such as s3.put_bucket_versioning", required=True
                ),
                "parameters": Parameter(type="object", meaning="what the call takes"),
            },
        ),
        "iam.deny_role": Fix(
            summary="Put an inline policy on the role that denies everything.",
            scope="one role, all of its users",
            risk="Whatever works as the role stops; the policy is taken off again in one call.",
            iam_actions=("iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
            parameters=subject("role"),
            calls=(
                calling("iam.get_role_policy", RoleName="{role}", PolicyName=DENY),
                calling(
                    "iam.put_role_policy", RoleName="{role}", PolicyName=DENY, PolicyDocument=ANSWER
                ),
                calling("iam.delete_role_policy", RoleName="{role}", PolicyName=DENY),
            ),
        ),
        "iam.delete_login_profile": Fix(
            summary="Take the console password away; keys and policies stay.",
            scope="one user",
            risk="The user cannot sign in until somebody sets a new password: there is no undo.",
            iam_actions=("iam:GetLoginProfile", "iam:DeleteLoginProfile"),
            parameters=subject("user"),
            calls=(
                calling("iam.get_login_profile", UserName="{user}"),
                calling("iam.delete_login_profile", UserName="{user}"),
            ),
        ),
        "lambda.require_url_auth": Fix(
            summary="Ask callers of the function's URLs for IAM authentication.",
            scope="one function",
            risk="Browsers and partners that call the URL unsigned are refused.",
            iam_actions=("lambda:ListFunctionUrlConfigs", "lambda:UpdateFunctionUrlConfig"),
            parameters=subject("function"),
            calls=(
                calling("lambda.list_function_url_configs", FunctionName="{function}"),
                calling(
                    "lambda.update_function_url_config",
                    FunctionName="{function}",
                    AuthType="AWS_IAM",
                ),
            ),
        ),
    }
)
