"""What editors look after, in the order of their work: an app of many models is several sections of the admin."""

SECTIONS = {
    "manifesto": {
        "Rounds and ideas": ["Round", "Idea", "Comment", "Revision", "Merge", "ImportBatch", "Capture"],
        "Expert group": ["ExpertTerm", "Conflict"],
        "Commitments and action plans": ["WorkingGroupMember", "ThemeLead", "Adoption", "ActionPlan"],
        "Statements": ["Statement", "Signature", "SignOff", "OwnAsk", "Endorsement"],
        "Positions and answers": [
            "Institution",
            "Office",
            "Position",
            "ExpectedAnswer",
            "GovernmentAnswer",
        ],
    }
}


def in_sections(app):
    """The sections of an app, as Django's admin describes one, without those that have nothing for this person."""
    models = {model["object_name"]: model for model in app["models"]}
    for name, names in SECTIONS.get(app["app_label"], {app["name"]: list(models)}).items():
        if shown := [models[each] for each in names if each in models]:
            yield {**app, "name": name, "models": shown}
