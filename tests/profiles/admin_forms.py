"""What a browser would send from a page of the admin, to change a little of."""


def filled_in(response, **changes):
    """The fields of the page's form and of its inlines with their values, and `changes` by field name."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    given = {name: value for name, value in values.items() if value is not None and value is not False}
    sent = {name: "on" if value is True else value for name, value in given.items()}
    return {**sent, **changes}


def errors_in(response):
    """Every complaint on the page, in order."""
    form = response.context["adminform"].form
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    complaints = [message for messages in form.errors.values() for message in messages]
    for formset in formsets:
        complaints += formset.non_form_errors()
        complaints += [
            message for errors in formset.errors for messages in errors.values() for message in messages
        ]
    return complaints


def messages_in(response):
    return [str(message) for message in response.context["messages"]]
