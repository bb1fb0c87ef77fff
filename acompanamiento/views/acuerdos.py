"""Acuerdos de los grupos: lista, ficha, crear, editar, anotar avances y cancelar.

La ficha y la página de anotar se usan también desde los talleres, donde nacen muchos acuerdos.
"""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from territorios.bitacora import bitacora_a_pedido, cambios_de
from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import AcuerdoCerrado, YaExiste, anotar_avance, cancelar_acuerdo, crear_acuerdo
from ..forms import AcuerdoForm, AvanceForm, FiltroAcuerdos, MotivoForm
from ..hojas import ACUERDOS
from ..models import Acuerdo, AvanceAcuerdo, Grupo

POR_PAGINA = 50


def migas_de_acuerdos(*pasos):
    lista = reverse("acompanamiento:acuerdos") if pasos else None
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        ("Acuerdos", lista),
        *pasos,
    ]


@exige(Permiso.VER_ACOMPANAMIENTO)
def acuerdos(request):
    """Los acuerdos de la jurisdicción, lo vencido primero."""
    visibles = Acuerdo.objects.visibles_para(request.user)
    filtro = FiltroAcuerdos(
        request.GET,
        grupos=Grupo.objects.visibles_para(request.user),
        mios=Acuerdo.objects.con_avance_de(request.user),
    )
    es_valido = filtro.is_valid()
    elegidos = filtro.aplicar(visibles).para_lista() if es_valido else Acuerdo.objects.none()
    if es_valido and (formato := formato_pedido(request, ACUERDOS)):
        return descargar(formato, ACUERDOS, elegidos)
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_acuerdos(),
        "filtro": filtro,
        "raiz": reverse("acompanamiento:acuerdos"),
        "acuerdos": Paginator(elegidos, POR_PAGINA).get_page(request.GET.get("pagina")),
        "hoja": ACUERDOS,
        "vencidos": visibles.vencidos().count(),
    }
    estado = 200 if es_valido else 400
    return render(request, "acompanamiento/acuerdos.html", contexto, status=estado)


def ficha_de_acuerdo(request, acuerdo):
    """Contexto de la ficha, salvo `origen`: el encuentro en que nació; None si fue en el grupo."""
    usuario = request.user
    abierto = acuerdo.estado in Acuerdo.ABIERTOS
    puede_editar = abierto and _esta(Acuerdo.objects.editables_por(usuario), acuerdo)
    # Un GAD anota sin editar; para los demás es lo mismo y no se pregunta dos veces.
    puede_anotar = puede_editar and usuario.puede(Permiso.ANOTAR_AVANCES)
    if usuario.gad_id:
        puede_anotar = abierto and _esta(Acuerdo.objects.con_avance_de(usuario), acuerdo)
    return {
        "lugar": "acompanamiento",
        "migas": migas_de_acuerdos((str(acuerdo), None)),
        "acuerdo": acuerdo,
        "partes": acuerdo.partes.select_related("territorio__padre__padre"),
        "avances": acuerdo.avances.select_related("por"),
        "puede_anotar": puede_anotar,
        "puede_editar": puede_editar,
        **bitacora_a_pedido(request, acuerdo, partial(_bitacora_de_acuerdo, usuario, acuerdo)),
    }


def _bitacora_de_acuerdo(usuario, acuerdo):
    return cambios_de(usuario, acuerdo.historia.all(), nombrar=lambda fila: "el acuerdo")


def _esta(acuerdos, acuerdo):
    return acuerdos.filter(pk=acuerdo.pk).exists()


def traer_acuerdo(acuerdos, pk):
    del_gad = "responsable_gad__territorio__padre__padre"
    relacionados = ("grupo__estrategia", del_gad, "responsable_entidad")
    return get_object_or_404(acuerdos.select_related(*relacionados), pk=pk)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def crear(request, grupo):
    grupo = get_object_or_404(Grupo.objects.editables_por(request.user).vivos(), pk=grupo)
    migas = migas_de_acuerdos(("Anotar un acuerdo", None))
    return pagina_de_anotar(request, grupo, crear_acuerdo, lugar="acompanamiento", migas=migas)


def pagina_de_anotar(request, grupo, guardar, **contexto):
    """El formulario de un acuerdo nuevo del grupo, que se guarda con la acción `guardar`.

    `contexto`: lo que depende de dónde se anota (lugar, migas y, si nace en un encuentro, origen).
    """
    form = AcuerdoForm(request.POST or None, grupo=grupo, initial=_ya_escrito(request.GET))
    estado = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            nuevo, partes = form.save(commit=False), form.cleaned_data["partes"]
            acuerdo = guardar(nuevo, partes, por=request.user)
        except ValidationError as motivo:
            form.add_error(None, motivo)
            estado = 409
        except YaExiste as error:
            form.add_error(None, _ya_existe(error.existente))
            estado = 409
        else:
            messages.success(request, f"Se anotó el {str(acuerdo).lower()} del {grupo}.")
            return redirect("acompanamiento:acuerdo", acuerdo.pk)
    contexto |= {"grupo": grupo, "form": form, "titulo": "Anotar un acuerdo"}
    return render(request, "acompanamiento/editar_acuerdo.html", contexto, status=estado)


def _ya_escrito(direccion):
    """Lo que trae puesto quien llega desde otra página: se ofrece, y se valida como lo tecleado."""
    campos = {campo: direccion.get(campo) for campo in ("texto", "responsable_gad")}
    partes = direccion.getlist("partes")
    return {campo: valor[:1000] for campo, valor in campos.items() if valor} | {"partes": partes}


def _ya_existe(acuerdo):
    return format_html(
        'Ya está anotado un acuerdo igual: <a href="{}">{}</a>. Si este es otro, escríbalo '
        "distinto.",
        acuerdo.get_absolute_url(),
        acuerdo,
    )


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    acuerdo = traer_acuerdo(Acuerdo.objects.editables_por(request.user).abiertos(), pk)
    form = AcuerdoForm(request.POST or None, instance=acuerdo, grupo=acuerdo.grupo)
    if request.method == "POST" and form.is_valid():
        try:
            form.guardar()
        except Conflicto as conflicto:
            diferencias = form.conflictos_con(conflicto.actual)
            volver = reverse("acompanamiento:acuerdo", args=[pk])
            return responder_conflicto(request, conflicto.actual, diferencias, volver)
        messages.success(request, f"Se guardó el {str(acuerdo).lower()} del {acuerdo.grupo}.")
        return redirect("acompanamiento:acuerdo", pk)
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_acuerdos(
            (str(acuerdo), reverse("acompanamiento:acuerdo", args=[pk])), ("Editar", None)
        ),
        "grupo": acuerdo.grupo,
        "form": form,
        "titulo": f"Editar el {str(acuerdo).lower()}",
    }
    estado = 400 if request.method == "POST" else 200
    return render(request, "acompanamiento/editar_acuerdo.html", contexto, status=estado)


@exige(Permiso.ANOTAR_AVANCES)
@require_http_methods(["GET", "POST"])
def avance(request, pk):
    """Anota un avance; lo pueden hacer la zona y los GAD que son parte."""
    acuerdo = traer_acuerdo(Acuerdo.objects.con_avance_de(request.user), pk)
    form = AvanceForm(
        request.POST or None,
        instance=AvanceAcuerdo(acuerdo=acuerdo),
        initial={"version": acuerdo.version, "estado": Acuerdo.Estado.EN_CURSO},
    )
    if request.method == "GET":
        return _pagina_de(request, acuerdo, form, "Anotar un avance")
    if not form.is_valid():
        return _pagina_de(request, acuerdo, form, "Anotar un avance", 400)
    version = form.cleaned_data["version"]
    anotar = partial(anotar_avance, form.save(commit=False), por=request.user, version=version)
    return _cumplir(request, acuerdo, form, "Anotar un avance", anotar, "Se anotó un avance en el")


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def cancelar(request, pk):
    acuerdo = traer_acuerdo(Acuerdo.objects.editables_por(request.user), pk)
    form = MotivoForm(request.POST or None, initial={"version": acuerdo.version})
    if request.method == "GET":
        return _pagina_de(request, acuerdo, form, "Cancelar el acuerdo")
    if not form.is_valid():
        return _pagina_de(request, acuerdo, form, "Cancelar el acuerdo", 400)
    anular = partial(cancelar_acuerdo, acuerdo, por=request.user, **form.cleaned_data)
    return _cumplir(request, acuerdo, form, "Cancelar el acuerdo", anular, "Se canceló el")


def _cumplir(request, acuerdo, form, titulo, accion, hecho):
    """Ejecuta la acción; si llegó tarde, vuelve la página con lo escrito y el motivo (409)."""
    try:
        accion()
    except AcuerdoCerrado as motivo:
        form.add_error(None, str(motivo))
    except Conflicto:
        motivo = "Otra persona cambió el acuerdo mientras usted escribía: revíselo y repita."
        form.add_error(None, motivo)
    else:
        messages.success(request, f"{hecho} {str(acuerdo).lower()} del {acuerdo.grupo}.")
        return redirect("acompanamiento:acuerdo", acuerdo.pk)
    return _pagina_de(request, acuerdo, form, titulo, 409)


def _pagina_de(request, acuerdo, form, titulo, estado=200):
    ficha = reverse("acompanamiento:acuerdo", args=[acuerdo.pk])
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_acuerdos((str(acuerdo), ficha), (titulo, None)),
        "acuerdo": acuerdo,
        "grupo": acuerdo.grupo,
        "form": form,
        "titulo": titulo,
    }
    return render(request, "acompanamiento/editar_acuerdo.html", contexto, status=estado)
