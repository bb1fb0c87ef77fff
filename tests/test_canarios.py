"""Canarios: cada cosa lleva un texto único y nadie encuentra el de una cosa ajena.

Se recorre la plataforma como la recorrería cada quien, de enlace en enlace, y además se pide de
frente toda ruta con toda muestra. Con el alcance apagado, el mismo recorrido los encuentra.
"""

from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from acompanamiento.models import Acuerdo, CumplimientoHito, Grupo, LineaProgramatica
from pdot.models import (
    ElementoVision,
    Evaluacion,
    FotoDeEvaluacion,
    Informe,
    Necesidad,
    Paso,
    PlanCapacidades,
    Problema,
    TemaDeVision,
)
from talleres.models import (
    Aporte,
    ChoqueAceptado,
    Convocatoria,
    Encuentro,
    Evidencia,
    InsumoEncuentro,
    OrigenAcuerdo,
    PreguntaEncuentro,
)
from territorios.models import Aviso, DocumentoEmitido, Gad, Trabajo

from .conftest import entrar
from .fabricas import (
    AporteFactory,
    PronunciamientoFactory,
    PuntoAgendaFactory,
    SuscripcionFactory,
)
from .fabricas_formulario import InformacionFactory, VinculoFactory, con_hojas
from .lectura_html import Pagina
from .rutas import TODOS, VEN, combinaciones, de_la_plataforma

TOPE = 300
# Un filtro ofrece decenas de direcciones de la misma página: con unas pocas basta.
VARIANTES = 3
# El cronograma enlaza a la semana siguiente sin fin.
POR_RUTA = 40
# Los documentos que no son páginas: no tienen enlaces, pero sí texto.
SIN_ENLACES = (
    "application/pdf",
    "text/csv",
    "application/json",
    "text/calendar",
    "application/vnd",
)


def canario(cosa):
    return f"canario·{cosa.replace(' ', '·')}·fin"


@pytest.fixture
def sembrado(
    sin_pdf,
    grupo1,
    grupo2,
    encuentro1,
    encuentro2,
    acuerdos,
    aceptados,
    aportes,
    evidencias,
    hitos,
    lineas,
    evaluaciones,
    suscripcion,
    participantes,
    certificados,
    convocatorias,
    fotos,
    temas,
    capacidades,
    del_plan,
    informes,
    avisos,
    documentos,
    en_bloque,
    muestrario,
    central,
):
    """Siembra un canario en cada texto libre y da las direcciones de toda ruta con toda muestra."""
    con_hojas(evaluaciones["0807"].instrumento)
    for codigo, evaluacion in evaluaciones.items():
        sembrar_evaluacion(evaluacion, canario(f"evaluacion {codigo}"))
    for nombre, grupo in {"grupo1": grupo1, "grupo2": grupo2}.items():
        sembrar_grupo(grupo, canario(nombre))
    for nombre, encuentro in {"encuentro1": encuentro1, "encuentro2": encuentro2}.items():
        sembrar_encuentro(encuentro, canario(nombre))
    nacieron_en = {"acuerdo1": encuentro1, "acuerdo2": encuentro2}
    for nombre, acuerdo in acuerdos.items():
        Acuerdo.objects.filter(pk=acuerdo.pk).update(texto=canario(nombre))
        OrigenAcuerdo.objects.create(acuerdo=acuerdo, encuentro=nacieron_en[nombre])
    for nombre, aceptado in aceptados.items():
        ChoqueAceptado.objects.filter(pk=aceptado.pk).update(motivo=canario(nombre))
    for nombre, aporte in aportes.items():
        Aporte.objects.filter(pk=aporte.pk).update(texto=canario(nombre))
    for nombre, evidencia in evidencias.items():
        Evidencia.objects.filter(pk=evidencia.pk).update(leyenda=canario(nombre))
    for nombre, hito in hitos.items():
        CumplimientoHito.objects.create(
            hito=hito,
            gad_id="08",
            fecha=hito.grupo.estrategia.desde,
            evidencia=canario(nombre),
            por=central,
        )
    suscripcion.nombre = canario("suscripcion")
    suscripcion.save()
    for nombre, participante in participantes.items():
        participante.nombre = participante.cargo = canario(nombre)
        participante.save()
    for nombre, certificado in certificados.items():
        certificado.participante.nombre = canario(nombre)
        certificado.participante.save()
    for nombre in ("convocatoria1", "convocatoria2"):
        Convocatoria.objects.filter(pk=convocatorias[nombre].pk).update(
            destinatario=canario(nombre)
        )
    for nombre, linea in lineas.items():
        sembrar_linea(linea, canario(nombre), central)
    for nombre, foto in fotos.items():
        FotoDeEvaluacion.objects.filter(pk=foto.pk).update(leyenda=canario(nombre))
    for nombre, tema in temas.items():
        TemaDeVision.objects.filter(pk=tema.pk).update(nombre=canario(nombre))
    for nombre, aviso in avisos.items():
        Aviso.objects.filter(pk=aviso.pk).update(texto=canario(nombre))
    for nombre, documento in documentos.items():
        DocumentoEmitido.objects.filter(pk=documento.pk).update(titulo=canario(nombre))
    sembrar_capacidades(capacidades)
    sembrar_planes(del_plan)
    sembrar_informes(informes)
    for nombre, trabajo in en_bloque.items():
        Trabajo.objects.filter(pk=trabajo.pk).update(titulo=canario(nombre))
    return [
        ruta.direccion(valores)
        for ruta in de_la_plataforma()
        for valores, _ in combinaciones(ruta.parametros, muestrario)
    ]


def sembrar_capacidades(capacidades):
    for nombre in ("necesidad1", "necesidad2"):
        Necesidad.objects.filter(pk=capacidades[nombre].pk).update(tema=canario(nombre))
    for nombre in ("plan1", "plan2"):
        plan = capacidades[nombre]
        PlanCapacidades.objects.filter(pk=plan.pk).update(objetivo=canario(nombre))


def sembrar_planes(del_plan):
    campos = {"plan": "vision", "programa": "vision", "proyecto": "nombre", "hito": "evidencia"}
    for nombre, fila in del_plan.items():
        campo = campos[nombre.split()[0]]
        type(fila).objects.filter(pk=fila.pk).update(**{campo: canario(nombre)})


def sembrar_informes(informes):
    for nombre, informe in informes.items():
        Informe.objects.filter(pk=informe.pk).update(introduccion=canario(nombre))


def sembrar_evaluacion(evaluacion, texto):
    for respuesta in evaluacion.respuestas.all():
        respuesta.texto = texto
        respuesta.save()
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto=texto)
    Problema.objects.create(evaluacion=evaluacion, orden=1, texto=texto)
    provincia = evaluacion.pdot.gad_id[:2]
    VinculoFactory(evaluacion=evaluacion, con_id=provincia, justificacion=texto, sinergias=texto)
    InformacionFactory(evaluacion=evaluacion, dato=texto, proveedor=texto, detalle=texto)
    evaluacion.observaciones.update(texto=texto)
    Paso.objects.filter(evaluacion=evaluacion).update(comentario=texto)


def sembrar_grupo(grupo, texto):
    grupo.nombre = grupo.nota = texto
    grupo.save()
    ElementoVision.objects.create(grupo=grupo, orden=1, texto=texto)
    AporteFactory(estrategia=grupo.estrategia, grupo=grupo, texto=texto)


def sembrar_encuentro(encuentro, texto):
    encuentro.tema = encuentro.nota = texto
    encuentro.save()
    PuntoAgendaFactory(encuentro=encuentro, titulo=texto)
    InsumoEncuentro.objects.create(encuentro=encuentro, orden=1, texto=texto)
    PreguntaEncuentro.objects.create(encuentro=encuentro, orden=1, tema=texto, texto=texto)
    AporteFactory(estrategia=encuentro.estrategia, encuentro=encuentro, texto=texto)


def sembrar_linea(linea, texto, por):
    linea.nombre = linea.texto = texto
    linea.save()
    if linea.ronda:
        # Habla otro GAD de la provincia: lo suyo espera todavía a quien recorre.
        codigo = {"08": "0803", "13": "1317"}[linea.provincia_id]
        PronunciamientoFactory(
            linea=linea,
            gad=Gad.objects.get(pk=codigo),
            sentido="observa",
            observacion=texto,
            por=por,
        )


def leidos(texto):
    """Las cosas cuyo canario está en ese texto."""
    if "canario" not in texto:
        return []
    return [cosa for cosa in VEN if canario(cosa) in texto]


def busquedas():
    """Buscar la palabra común a todos no debe traer ninguno ajeno."""
    return [reverse("pdot:buscar") + f"?q={texto}" for texto in ("canario", "evaluacion", "grupo")]


def cuerpo(respuesta):
    contenido = respuesta.getvalue() if respuesta.streaming else respuesta.content
    return contenido.decode(errors="replace")


def enlaces(url, respuesta, texto):
    """Direcciones de la plataforma a las que se puede ir desde una página."""
    if respuesta.status_code in (301, 302):
        candidatas = [respuesta.url]
    elif respuesta.headers.get("Content-Type", "").startswith(SIN_ENLACES):
        candidatas = []
    else:
        candidatas = Pagina(texto).enlaces
    for candidata in candidatas:
        partes = urlsplit(urljoin(url, candidata))
        ajena = partes.netloc or partes.path.startswith(("/static/", "/cuenta/", "/central/"))
        if partes.scheme in ("", "http", "https") and not ajena:
            yield partes._replace(fragment="").geturl()


def ruta_de(camino):
    try:
        return resolve(camino).view_name
    except Resolver404:
        return camino


def recorrer(client, inicio, tope=TOPE, hasta=None):
    """{canario: primera dirección donde se leyó} y cuántas páginas se abrieron.

    Se abren todas las de `inicio` y, siguiendo enlaces, las que quepan hasta `tope`; se deja de
    abrir al leer el canario de la cosa `hasta`.
    """
    pendientes, vistas, hallados = deque(dict.fromkeys(inicio)), set(), {}
    por_camino, por_ruta = Counter(), Counter()
    # Si las de `inicio` ya lo llenan, de los enlaces no se abriría ninguno: no se buscan.
    caben_enlaces = len(pendientes) < tope
    tope = max(tope, len(pendientes))
    while pendientes and len(vistas) < tope and hasta not in hallados:
        url = pendientes.popleft()
        camino = urlsplit(url).path
        sobra = por_camino[camino] >= VARIANTES or por_ruta[ruta_de(camino)] >= POR_RUTA
        if url in vistas or (sobra and url not in inicio):
            continue
        vistas.add(url)
        por_camino[camino] += 1
        por_ruta[ruta_de(camino)] += 1
        respuesta = client.get(url)
        assert respuesta.status_code < 500, url
        texto = cuerpo(respuesta)
        for cosa in leidos(texto):
            hallados.setdefault(cosa, url)
        if caben_enlaces:
            pendientes.extend(enlaces(url, respuesta, texto))
    return hallados, len(vistas)


@pytest.mark.parametrize("quien", sorted(TODOS))
def test_nadie_lee_lo_ajeno_y_cada_quien_lee_lo_suyo(quien, client, elenco, sembrado):
    entrar(client, elenco[quien])
    hallados, vistas = recorrer(client, ["/", *sembrado, *busquedas()])
    ajenos = {cosa: url for cosa, url in hallados.items() if quien not in VEN[cosa]}
    assert not ajenos
    # Si no leyera ni lo suyo, no haber leído lo ajeno no diría nada.
    assert set(hallados) == {cosa for cosa, quienes in VEN.items() if quien in quienes}
    assert vistas > 30


def test_el_calendario_de_cada_quien_lleva_solo_lo_suyo(client, elenco, sembrado):
    """Sin sesión, solo con la clave. Los renglones largos del formato se unen antes de leer."""
    lleva = {}
    for quien in sorted(TODOS):
        SuscripcionFactory(usuario=elenco[quien], clave=f"clave-de-{quien}")
        texto = cuerpo(client.get(reverse("talleres:calendario", args=[f"clave-de-{quien}"])))
        lleva[quien] = set(leidos(texto.replace("\r\n ", "")))
    de_calendario = ("grupo1", "grupo2", "encuentro1", "encuentro2")
    assert lleva == {quien: {c for c in de_calendario if quien in VEN[c]} for quien in TODOS}
    assert len(lleva) == 8


def test_los_enlaces_bastan_para_llegar(client, plan_rioverde, sembrado):
    """Sin conocer ninguna dirección: solo desde el inicio."""
    entrar(client, plan_rioverde)
    hallados, _ = recorrer(client, ["/"])
    assert set(hallados) == {c for c, quienes in VEN.items() if "plan_rioverde" in quienes}


def test_sin_sesion_no_se_lee_nada(client, sembrado):
    hallados, vistas = recorrer(client, ["/", *sembrado, *busquedas()])
    assert hallados == {}
    assert vistas > 30


def test_la_central_no_lee_borradores_en_el_admin(client, central, sembrado):
    entrar(client, central)
    hallados = {}
    pendientes, vistas = deque(["/central/"]), set()
    while pendientes and len(vistas) < TOPE:
        url = pendientes.popleft()
        if url in vistas:
            continue
        vistas.add(url)
        respuesta = client.get(url)
        texto = cuerpo(respuesta)
        hallados |= dict.fromkeys(leidos(texto), url)
        for enlace in Pagina(texto).enlaces if respuesta.status_code == 200 else ():
            camino = urlsplit(urljoin(url, enlace)).path
            if camino.startswith("/central/") and not camino.endswith("/logout/"):
                pendientes.append(camino)
    assert set(hallados) == {cosa for cosa, quienes in VEN.items() if "central" in quienes}
    assert len(vistas) > 100


@pytest.mark.parametrize(
    ("modelo", "fuga"),
    [
        (Evaluacion, "evaluacion 0801"),
        (Grupo, "grupo2"),
        (Encuentro, "encuentro2"),
        (LineaProgramatica, "linea2"),
    ],
)
def test_control_con_el_alcance_apagado_se_encuentran(
    modelo, fuga, client, plan_rioverde, sembrado, monkeypatch
):
    assert "plan_rioverde" not in VEN[fuga]
    consulta = type(modelo.objects.all())
    monkeypatch.setattr(consulta, "visibles_para", lambda filas, usuario: filas)
    entrar(client, plan_rioverde)
    hallados, _ = recorrer(client, ["/", *sembrado, *busquedas()], hasta=fuga)
    assert fuga in hallados
