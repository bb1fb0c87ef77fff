"""Las llaves de la API: darlas, que se muestran una sola vez, y revocarlas."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.llaves import dar_llave, revocar_llave
from territorios.models import LlaveDeApi

from ..forms_llaves import LlaveForm, RevocarForm


def _migas(*mas):
    lista = reverse("api:llaves") if mas else None
    return [("Inicio", reverse("inicio")), ("Llaves de la API", lista), *mas]


@exige(Permiso.ADMINISTRAR)
@never_cache
@require_http_methods(["GET", "POST"])
def llaves(request):
    """La lista y la llave nueva. Su texto va en esta respuesta y no se guarda en ninguna parte."""
    form = LlaveForm(request.POST or None)
    if request.method == "GET":
        return _pagina(request, form)
    if not form.is_valid():
        return _pagina(request, form, 400)
    llave = form.save(commit=False)
    texto = dar_llave(llave, por=request.user)
    return _pagina(request, LlaveForm(), 201, nueva=llave, texto=texto)


def _pagina(request, form, estado=200, **mas):
    contexto = {
        "migas": _migas(),
        "form": form,
        "llaves": LlaveDeApi.objects.select_related("zona", "entidad", "creada_por"),
    }
    return render(request, "pdot/llaves.html", contexto | mas, status=estado)


@exige(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def revocar(request, pk):
    llave = get_object_or_404(LlaveDeApi.objects.select_related("zona"), pk=pk)
    if llave.revocada:
        messages.info(request, f"La llave de {llave} ya estaba revocada.")
        return redirect("api:llaves")
    form = RevocarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        revocar_llave(llave, motivo=form.cleaned_data["motivo"], por=request.user)
        messages.success(request, f"Se revocó la llave de {llave}: ya no abre nada.")
        return redirect("api:llaves")
    contexto = {
        "migas": _migas((f"Revocar {llave.prefijo}…", None)),
        "llave": llave,
        "form": form,
    }
    estado = 400 if request.method == "POST" else 200
    return render(request, "pdot/revocar_llave.html", contexto, status=estado)
