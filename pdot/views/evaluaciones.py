"""La evaluación vista por quien la llena y por quien la consulta."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from territorios.bitacora import bitacora_a_pedido, cambios_de
from territorios.descargas import descargar, formato_pedido
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Zona
from territorios.versiones import Conflicto
from territorios.views.documentos import sitio_de

from ..acciones import (
    Incompleta,
    NoProcede,
    abrir_evaluacion,
    declarar_plan_y_abrir,
    enviar_evaluacion,
)
from ..cambio_de_version import cambio_de, pasar_de_version
from ..forms import FiltroEvaluaciones, NuevaEvaluacionForm
from ..fotos import fotos_de
from ..hojas_de_listas import EVALUACIONES
from ..lectura import envios_de, llenado_para
from ..llenado import Llenado
from ..models import Evaluacion, Informacion, Pdot, Pregunta, Respuesta, Seccion, Vinculo
from ..necesidades import puede_declarar_de
from ..plazos import plazos_de
from ..promociones import tarjetas_de
from ..tablero import evaluacion_propia
from ..versiones import con_sus_versiones

POR_PAGINA = 50
Clase = Seccion.Clase


@exige(Permiso.VER_EVALUACIONES)
def lista(request):
    """Evaluaciones de la jurisdicción, la última cambiada primero."""
    filtro = FiltroEvaluaciones(
        request.GET, zonas=_zonas_de(request.user), propia=request.user.zona_id
    )
    elegidas = Evaluacion.objects.visibles_para(request.user)
    es_valido = filtro.is_valid()
    if es_valido:
        elegidas = filtro.aplicar(elegidas)
    en_orden = elegidas.para_lista().order_by("-actualizada", "-pk")
    if es_valido and (formato := formato_pedido(request, EVALUACIONES)):
        return descargar(formato, EVALUACIONES, en_orden)
    contexto = {
        "lugar": "pdot",
        "hoja": EVALUACIONES,
        "pagina_de_pdot": "evaluaciones",
        "migas": [("Inicio", reverse("inicio")), ("PDOT", None)],
        "pagina": Paginator(en_orden, POR_PAGINA).get_page(request.GET.get("pagina")),
        "filtro": filtro,
        "por_revisar": Evaluacion.objects.revisables_por(request.user).count(),
        "de_otra_zona": _de_otra_zona(request.user, filtro, elegidas),
        "propia": evaluacion_propia(request.user),
    }
    return render(request, "pdot/lista.html", contexto, status=200 if es_valido else 400)


def _de_otra_zona(usuario, filtro, elegidas):
    """Cuántas de la lista de una zona no son suyas, si no se pidió ya una parte."""
    if not usuario.zona_id or not filtro.is_valid() or filtro.cleaned_data["zona"]:
        return 0
    return elegidas.de_otra_zona(usuario.zona_id).count()


def _zonas_de(usuario):
    if usuario.ve_el_pais:
        return list(Zona.objects.order_by("numero"))
    return [usuario.zona] if usuario.zona_id else []


@exige(Permiso.LLENAR_EVALUACION)
@require_http_methods(["GET", "POST"])
def nueva(request):
    """Abre la evaluación de un PDOT del GAD, o de otro que se declara aquí mismo."""
    gad = request.user.gad
    form = NuevaEvaluacionForm(
        request.POST or None,
        instance=Pdot(gad=gad),
        planes=gad.planes.order_by("-anio_desde"),
        hoy=timezone.localdate(),
    )
    contexto = {
        "lugar": "pdot",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("PDOT", reverse("pdot:inicio")),
            ("Empezar la evaluación", None),
        ],
        "gad": gad,
        "form": form,
    }
    if request.method == "GET":
        abierta = Evaluacion.objects.editables_por(request.user).first()
        return redirect(abierta) if abierta else render(request, "pdot/nueva.html", contexto)
    if not form.is_valid():
        return render(request, "pdot/nueva.html", contexto, status=400)
    try:
        evaluacion = _abrir(form, request.user)
    except NoProcede as motivo:
        return render(request, "pdot/nueva.html", contexto | {"motivo": motivo}, status=409)
    messages.success(request, f"Se abrió la evaluación del {evaluacion.pdot} de {gad.nombre}.")
    primera = Llenado(evaluacion, para=request.user).partes[0]
    return redirect("pdot:seccion", evaluacion.pk, primera.codigo)


def _abrir(form, usuario):
    if form.elegido:
        return abrir_evaluacion(form.elegido, por=usuario)
    return declarar_plan_y_abrir(form.instance, por=usuario)


@exige(Permiso.VER_EVALUACIONES)
def detalle(request, pk):
    """La evaluación entera: estado, respuestas, qué falta, observaciones y quién hizo qué."""
    return render(request, "pdot/evaluacion.html", contexto_de_detalle(request, pk))


def contexto_de_detalle(request, pk, **mas):
    """Lo de la página. La bitácora se lee solo si se la pide. 404 si no la ve."""
    usuario = request.user
    evaluacion, versiones = con_sus_versiones(pk, usuario)
    if evaluacion is None:
        raise Http404
    llenado = llenado_para(evaluacion, usuario)
    es_suya = evaluacion.es_de(usuario)
    en_sus_manos = evaluacion.esta_en_manos_del_gad
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion),
        "evaluacion": evaluacion,
        "llenado": llenado,
        "es_suya": es_suya,
        "puede_llenar": en_sus_manos and evaluacion.la_llena(usuario),
        "puede_retomar": es_suya and en_sus_manos and _la_llena_la_zona(evaluacion),
        "cambio": _cambio_que_se_ofrece(evaluacion, usuario),
        "puede_abrir_otra": es_suya and evaluacion.estado == Evaluacion.Estado.APROBADA,
        "puede_revisar": evaluacion.espera_a(usuario),
        "puede_declarar": puede_declarar_de(usuario, evaluacion.gad),
        "fotos": fotos_de(evaluacion, usuario),
        "problemas": _problemas(llenado, usuario),
        "pasos": llenado.pasos,
        "versiones": versiones,
        "plazos": plazos_de(usuario) if es_suya and en_sus_manos else [],
    }
    if llenado.con_revision:
        leer = partial(_bitacora, usuario, evaluacion, llenado)
        contexto |= bitacora_a_pedido(request, evaluacion, leer)
    return contexto | mas


def _cambio_que_se_ofrece(evaluacion, usuario):
    """El de pasar a la versión vigente de las preguntas, si la llena y no está en ella."""
    al_dia = evaluacion.instrumento_vigente == evaluacion.instrumento_id
    se_llena = evaluacion.esta_en_manos_del_gad and evaluacion.la_llena(usuario)
    return cambio_de(evaluacion) if se_llena and not al_dia else None


def _la_llena_la_zona(evaluacion):
    llenado = evaluacion.llenado_en_nombre
    return llenado is not None and llenado.rige


def _problemas(llenado, usuario):
    """En orden, cada uno con la `tarjeta` de que nació, si nació de una que se puede ver."""
    problemas = llenado.filas_de_problemas
    # En lo leído del historial no se sabe de antemano si nació de una.
    tarjetas = tarjetas_de(
        usuario, problema=[uno for uno in problemas if getattr(uno, "de_tarjeta", True)]
    )
    for problema in problemas:
        problema.tarjeta = tarjetas.get(("problema", problema.pk))
    return problemas


def _bitacora(usuario, evaluacion, llenado):
    """La de quien la escribe o la revisa.

    Lo escrito cambia solo en manos de quien la llena: quien revisa lee los pasos desde el primer
    envío y, en «Qué cambió entre envíos», en qué quedó lo corregido; nunca lo tachado.
    """
    if not evaluacion.la_llena(usuario):
        envios = [paso.cuando for paso in envios_de(llenado.pasos)]
        suya = evaluacion.historia.filter(history_date__gte=[*envios, evaluacion.creada][0])
        return cambios_de(usuario, suya, nombrar=lambda fila: "la evaluación")
    nombrar = _nombrador(evaluacion, llenado)
    historias = [evaluacion.historia.all(), Respuesta.historia.filter(evaluacion=evaluacion.pk)]
    for clase, modelo in ((Clase.VINCULOS, Vinculo), (Clase.INFORMACION, Informacion)):
        if llenado.parte_de(clase):
            historias.append(modelo.historia.filter(evaluacion=evaluacion.pk))
    return cambios_de(usuario, *historias, nombrar=nombrar)


def _nombrador(evaluacion, llenado):
    """Cómo se dice de qué parte de la evaluación es una fila de su historia."""
    # También las de una versión anterior de las preguntas: lo que no cupo sigue en la bitácora.
    suyas = Respuesta.historia.filter(evaluacion=evaluacion.pk).values("pregunta")
    preguntas = dict(Pregunta.objects.filter(pk__in=suyas).values_list("pk", "codigo"))
    gads = {par.con.pk: par.con.nombre_con_lugar for par in llenado.pares}
    nombres = {
        Evaluacion: lambda fila: "la evaluación",
        Respuesta: lambda fila: f"la respuesta {preguntas.get(fila.pregunta_id, '')}",
        Vinculo: lambda fila: f"el vínculo con {gads.get(fila.con_id, fila.con_id)}",
        Informacion: lambda fila: f"el dato «{fila.dato}»",
    }
    return lambda fila: nombres[fila.instance_type](fila)


@exige(Permiso.ESCRIBIR_EVALUACION)
@require_POST
def enviar(request, pk):
    """Envía a revisión. Lo incompleto se lista con enlaces y no se envía."""
    evaluacion = _traer(Evaluacion.objects.llenables_por(request.user), pk)
    leido = {"version": _version(request), "leida": request.POST.get("leida")}
    try:
        enviar_evaluacion(evaluacion, por=request.user, sitio=sitio_de(request), **leido)
    except Incompleta:
        contexto = contexto_de_detalle(request, pk, se_intento_enviar=True)
        return render(request, "pdot/evaluacion.html", contexto, status=400)
    except (NoProcede, Conflicto) as motivo:
        return no_procede(request, pk, motivo)
    messages.success(request, f"Se envió a revisión la evaluación de {evaluacion.gad.nombre}.")
    return redirect(evaluacion)


@exige(Permiso.ESCRIBIR_EVALUACION)
@require_POST
def pasar(request, pk):
    """Pasa el borrador a la versión vigente de las preguntas, que se leyó en su página."""
    evaluacion = _traer(Evaluacion.objects.llenables_por(request.user), pk)
    try:
        cambio = pasar_de_version(
            evaluacion,
            por=request.user,
            version=_version(request),
            leida=request.POST.get("leida"),
            numero=entero_de(request.POST.get("numero")),
        )
    except (NoProcede, Conflicto) as motivo:
        return no_procede(request, pk, motivo)
    if cambio:
        messages.success(request, "La evaluación pasó a la versión vigente de las preguntas.")
    else:
        messages.info(request, "La evaluación ya está en la versión vigente de las preguntas.")
    return redirect(evaluacion)


def no_procede(request, pk, motivo):
    """409 con la evaluación como está ahora y el motivo escrito."""
    contexto = contexto_de_detalle(request, pk)
    if isinstance(motivo, Conflicto):
        estado = contexto["evaluacion"].get_estado_display().lower()
        motivo = f"La evaluación cambió desde que abrió esta página. Ahora está {estado}: repásela."
    contexto["motivo"] = motivo
    return render(request, "pdot/evaluacion.html", contexto, status=409)


def _version(request):
    """La versión que llevaba el formulario; 0 (siempre vieja) si falta o no es un número."""
    return entero_de(request.POST.get("version"))


def _traer(evaluaciones, pk):
    return get_object_or_404(evaluaciones.para_lista(), pk=pk)


def migas_de(evaluacion, *mas):
    gad = evaluacion.pdot.gad
    migas = [
        ("Inicio", reverse("inicio")),
        (str(gad.zona), None),
        (gad.nombre_con_lugar, gad.get_absolute_url()),
        ("Evaluación del PDOT", evaluacion.get_absolute_url() if mas else None),
    ]
    return migas + list(mas)
