"""La cola de revisión: qué espera, a quién le toca y aprobar varias a la vez."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from territorios.descargas import descargar, formato_pedido
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.texto import cuantos
from territorios.versiones import Conflicto
from territorios.views.documentos import sitio_de

from ..acciones import NoProcede
from ..acciones_revision import asignar as dejar_a_cargo
from ..avisos import gads_sin_correo
from ..forms_revision import AsignarForm, FiltroCola
from ..hojas_de_listas import COLA
from ..lote import aprobar_en_lote, dictaminar, leer_marcadas
from ..models import Evaluacion
from ..models.revision import quienes_revisan
from ..revision import cola_de, dias_de_espera, grupos_para, zonas_para
from .evaluaciones import migas_de

POR_PAGINA = 50


def _migas(*mas):
    raiz = [("Inicio", reverse("inicio")), ("PDOT", reverse("pdot:inicio"))]
    return [*raiz, ("Cola de revisión", reverse("pdot:revision") if mas else None), *mas]


@exige(Permiso.REVISAR_EVALUACION)
def cola(request):
    """Las que esperan, la más antigua primero."""
    return _cola(request)


def _cola(request, status=200, **mas):
    usuario = request.user
    filtro = FiltroCola(request.GET, zonas=zonas_para(usuario), grupos=grupos_para(usuario))
    es_valido = filtro.is_valid()
    puestos = filtro.puestos if es_valido else {}
    elegidas = cola_de(usuario, **puestos)
    if request.method == "GET" and es_valido and (formato := formato_pedido(request, COLA)):
        return descargar(formato, COLA, elegidas)
    pagina = Paginator(elegidas, POR_PAGINA).get_page(request.GET.get("pagina"))
    for evaluacion in pagina:
        evaluacion.dias = dias_de_espera(evaluacion)
        # A la plantilla le cuesta diez veces más descubrir que no la tiene.
        evaluacion.encargo = getattr(evaluacion, "asignacion", None)
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "revision",
        "migas": _migas(),
        "filtro": filtro,
        "hoja": COLA,
        "hay_filtros": bool(puestos),
        "pagina": pagina,
        "anteriores": filtro.pagina(pagina.number - 1) if es_valido else "",
        "siguientes": filtro.pagina(pagina.number + 1) if es_valido else "",
    }
    codigo = status if es_valido else 400
    return render(request, "pdot/cola.html", contexto | mas, status=codigo)


# --- A quién le toca ----------------------------------------------------------------------------


@exige(Permiso.REVISAR_EVALUACION)
@require_http_methods(["GET", "POST"])
def asignar(request, pk):
    """Tomar, soltar o encargar una revisión; si otra persona la tomó antes, se dice quién."""
    de_su_revision = Evaluacion.objects.de_su_revision(request.user).para_lista()
    evaluacion = get_object_or_404(de_su_revision.select_related("asignacion__revisor"), pk=pk)
    if request.method == "POST" and request.POST.get("accion") in ("tomar", "soltar"):
        persona = request.user if request.POST["accion"] == "tomar" else None
        version = entero_de(request.POST.get("version"))
        return _asignar(request, evaluacion, persona, version, _form(evaluacion))
    form = _form(evaluacion, request.POST or None)
    if request.method == "GET":
        return _pagina(request, evaluacion, form)
    if not form.is_valid():
        return _pagina(request, evaluacion, form, status=400)
    datos = form.cleaned_data
    return _asignar(request, evaluacion, datos["revisor"], datos["version"], form)


def _form(evaluacion, datos=None):
    actual = getattr(evaluacion, "asignacion", None)
    inicial = {
        "revisor": actual.revisor_id if actual else None,
        "version": actual.version if actual else 0,
    }
    personas = quienes_revisan(evaluacion).order_by("rol", "first_name", "username")
    return AsignarForm(datos, initial=inicial, personas=personas)


def _asignar(request, evaluacion, persona, version, form):
    try:
        dejar_a_cargo(
            evaluacion, persona, version=version, por=request.user, sitio=sitio_de(request)
        )
    except NoProcede as motivo:
        return _pagina(request, evaluacion, form, status=409, motivo=str(motivo))
    except Conflicto as conflicto:
        return _otra_la_tomo(request, evaluacion, conflicto.actual)
    if persona and persona != request.user and not persona.email:
        messages.warning(request, f"{persona} no tiene correo: avísele por otro medio.")
    quien = "usted" if persona == request.user else persona
    que = f"La revisión de {evaluacion.gad.nombre}"
    messages.success(
        request, f"{que} quedó a cargo de {quien}." if persona else f"{que} quedó sin asignar."
    )
    return redirect("pdot:revision")


def _otra_la_tomo(request, evaluacion, actual):
    """409 con el formulario ya al día: lo que se mande después sabe quién la tiene."""
    quien = f"ahora está a cargo de {actual.revisor}" if actual and actual.revisor_id else ""
    motivo = f"Otra persona la asignó antes: {quien or 'ahora no está a cargo de nadie'}."
    evaluacion.refresh_from_db()
    return _pagina(request, evaluacion, _form(evaluacion), status=409, motivo=motivo)


def _pagina(request, evaluacion, form, status=200, motivo=""):
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion, ("A cargo de quién", None)),
        "evaluacion": evaluacion,
        "form": form,
        "motivo": motivo,
    }
    return render(request, "pdot/asignar.html", contexto, status=status)


# --- Aprobar en lote ----------------------------------------------------------------------------


@exige(Permiso.REVISAR_EVALUACION)
@require_POST
def lote(request):
    """Primero dice cuáles se aprobarán y cuáles no; con la confirmación, las aprueba."""
    marcadas = leer_marcadas(request.POST.getlist("marcada"))
    if not marcadas:
        return _cola(request, status=400, motivo="Marque al menos una evaluación para aprobar.")
    if "confirmar" not in request.POST:
        dictamenes = dictaminar(marcadas, request.user)
        return _lote(request, "pdot/lote.html", "Aprobar en lote", dictamenes)
    dictamenes = aprobar_en_lote(marcadas, por=request.user, sitio=sitio_de(request))
    aprobadas = sum(uno.se_puede for uno in dictamenes)
    if aprobadas:
        messages.success(
            request, cuantos(aprobadas, "evaluación aprobada", "evaluaciones aprobadas")
        )
    _avisar_sin_correo(request, [uno.evaluacion.gad for uno in dictamenes if uno.se_puede])
    return _lote(request, "pdot/lote_hecho.html", "Resultado del lote", dictamenes)


def _avisar_sin_correo(request, gads):
    sin_correo = gads_sin_correo([gad.pk for gad in gads])
    if sin_correo:
        nombres = ", ".join(gad.nombre for gad in gads if gad.pk in sin_correo)
        messages.warning(request, f"Sin ninguna cuenta con correo; avíseles usted: {nombres}.")


def _lote(request, plantilla, titulo, dictamenes):
    contexto = {
        "lugar": "pdot",
        "migas": _migas((titulo, None)),
        "titulo": titulo,
        "aprobables": [uno for uno in dictamenes if uno.se_puede],
        "con_reparos": [uno for uno in dictamenes if not uno.se_puede],
    }
    return render(request, plantilla, contexto)
