"""Los choques de una estrategia: verlos, aceptarlos con un motivo y retirar la aceptación."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from acompanamiento.models import Estrategia, Grupo
from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige

from ..aceptaciones import YaAceptado, aceptar_choque, retirar_aceptacion
from ..forms_choques import AceptarForm, FiltroChoques
from ..hojas import CHOQUES
from ..lector_choques import choques_de_estrategia
from .cronograma import migas_de_talleres

YA_NO_ESTA = (
    "Ese choque ya no está: alguien cambió sus encuentros o su aceptación mientras usted miraba la "
    "lista."
)


@exige(Permiso.VER_ACOMPANAMIENTO)
def choques(request, estrategia):
    estrategia = _estrategia(request, estrategia)
    return _pagina(request, estrategia, choques_de_estrategia(estrategia, request.user))


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def aceptar(request, estrategia):
    estrategia = _estrategia(request, estrategia)
    hallados = choques_de_estrategia(estrategia, request.user)
    choque = _elegido(request, hallados)
    form = AceptarForm(request.POST)
    if choque is None or choque.aceptado:
        return _no_esta(request, estrategia, hallados)
    if not form.is_valid():
        return _pagina(request, estrategia, hallados, choque, form, 400)
    try:
        motivo = form.cleaned_data["motivo"]
        aceptar_choque(choque, estrategia, motivo=motivo, por=request.user)
    except YaAceptado as error:
        form.add_error(None, str(error))
        return _pagina(request, estrategia, hallados, choque, form, 409)
    messages.success(request, f"Quedó aceptado: {choque.explicacion}")
    return redirect("talleres:choques", estrategia.codigo)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def retirar(request, estrategia):
    estrategia = _estrategia(request, estrategia)
    hallados = choques_de_estrategia(estrategia, request.user)
    choque = _elegido(request, hallados)
    if choque is None or not choque.aceptado:
        return _no_esta(request, estrategia, hallados)
    retirar_aceptacion(choque.aceptado, por=request.user)
    messages.success(request, f"Vuelve a estar abierto: {choque.explicacion}")
    return redirect("talleres:choques", estrategia.codigo)


def _estrategia(request, codigo):
    return get_object_or_404(Estrategia.objects.visibles_para(request.user), codigo=codigo)


def _elegido(request, hallados):
    """Solo entre los que ve quien entra: de los demás no se dice ni que existen."""
    clave = request.POST.get("clave")
    return next((choque for choque in hallados if choque.clave == clave), None)


def _no_esta(request, estrategia, hallados):
    """409 con lo tecleado; 400 si ni siquiera se dijo qué choque."""
    form = AceptarForm(request.POST)
    form.is_valid()
    pide_uno = "clave" in request.POST
    form.add_error(None, YA_NO_ESTA if pide_uno else "Diga qué choque: elíjalo en la lista.")
    return _pagina(request, estrategia, hallados, None, form, 409 if pide_uno else 400)


def _pagina(request, estrategia, hallados, elegido=None, form=None, estado=200):
    """`elegido` y `form`: el choque que no se pudo aceptar y lo que se tecleó."""
    grupos = Grupo.objects.visibles_para(request.user).filter(estrategia=estrategia)
    filtro = FiltroChoques(request.GET, choques=hallados, grupos=grupos)
    es_valido = filtro.is_valid()
    mostrados = filtro.aplicar(hallados) if es_valido else []
    if request.method == "GET" and es_valido and (formato := formato_pedido(request, CHOQUES)):
        return descargar(formato, CHOQUES, mostrados)
    abiertos = [choque for choque in mostrados if not choque.aceptado]
    contexto = {
        "lugar": "talleres",
        "migas": migas_de_talleres(("Choques", None)),
        "estrategia": estrategia,
        "filtro": filtro,
        "hoja": CHOQUES,
        "cuantos": len(mostrados),
        "secciones": [
            ("Por resolver", [choque for choque in abiertos if not choque.ya_paso]),
            ("Ya ocurrieron", [choque for choque in abiertos if choque.ya_paso]),
            ("Aceptados", [choque for choque in mostrados if choque.aceptado]),
        ],
        "puede_editar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO),
        "elegido": elegido,
        "form": form,
        "limpio": AceptarForm(),
    }
    if estado == 200 and not es_valido:
        estado = 400
    return render(request, "talleres/choques.html", contexto, status=estado)
