app_name = "manifesto"
urlpatterns = []
