"""Lo menos que puede costar una página con sesión: contra esto se mide cada una (calidad.md).

Django llano y nada de la casa: sin plantilla base, sin navegación y sin mapas. Se montan aparte y
solo mientras se mide.
"""

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import include, path

from acompanamiento.models import Acuerdo
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad

FILAS = 100
PREGUNTAS = 20
ESCALA = (("si", "SÍ"), ("parcial", "PARCIAL"), ("no", "NO"))


@exige(Permiso.VER_TERRITORIO)
def lista(request):
    """F1: una consulta y una plantilla de cien filas."""
    gads = Gad.objects.para_lista()[:FILAS]
    return render(request, "pdot/medicion/piso_lista.html", {"gads": gads})


class VeintePreguntas(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for numero in range(1, PREGUNTAS + 1):
            self.fields[f"valor_{numero}"] = forms.ChoiceField(
                label=f"Pregunta {numero}", choices=ESCALA, widget=forms.RadioSelect
            )


@exige(Permiso.VER_TERRITORIO)
def formulario(request):
    """FF: un formulario de veinte preguntas como lo escribe Django, con lo que se lee de una."""
    gad = get_object_or_404(Gad, pk=request.GET["gad"])
    contexto = {"gad": gad, "form": VeintePreguntas()}
    return render(request, "pdot/medicion/piso_formulario.html", contexto)


class NotaForm(forms.ModelForm):
    class Meta:
        model = Acuerdo
        fields = ["texto"]


@exige(Permiso.VER_TERRITORIO)
def guardar(request):
    """El piso de guardar: un ModelForm de un campo, con su historia."""
    acuerdo = get_object_or_404(Acuerdo, pk=request.POST["acuerdo"])
    form = NotaForm(request.POST, instance=acuerdo)
    form.save()
    return HttpResponse(status=204)


urlpatterns = [
    path("medir/lista/", lista, name="piso_lista"),
    path("medir/formulario/", formulario, name="piso_formulario"),
    path("medir/guardar/", guardar, name="piso_guardar"),
    path("", include(settings.ROOT_URLCONF)),
]
